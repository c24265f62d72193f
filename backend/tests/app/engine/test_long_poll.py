"""The wait for an answer under the name that tools know."""

from datetime import timedelta

import pytest
from app.engine.workers_of_tests import Hand, done, failed
from redis import Redis

from neuroagent.app.engine.client import StillRunning, TaskFailed, Tasks
from neuroagent.app.engine.long_poll import PATIENCE, long_poll_celery_result
from neuroagent.task_schemas.system import PING, PingInput


async def submit(tasks: Tasks) -> str:
    return (await tasks.submit(PING, PingInput(), owner="ann", trace_id="t")).id


async def test_an_answer_is_the_answer(tasks: Tasks, redis_client: Redis) -> None:
    task_id = await submit(tasks)
    Hand(redis_client).take()[1].end(done({"x": 1}))

    assert await long_poll_celery_result(tasks, task_id, owner="ann") == {"x": 1}


async def test_a_failure_is_raised(tasks: Tasks, redis_client: Redis) -> None:
    task_id = await submit(tasks)
    Hand(redis_client).take()[1].end(failed(message="no such column"))

    with pytest.raises(TaskFailed, match="no such column"):
        await long_poll_celery_result(tasks, task_id, owner="ann")


async def test_patience_ends(tasks: Tasks) -> None:
    with pytest.raises(StillRunning):
        await long_poll_celery_result(tasks, await submit(tasks), owner="ann", patience=timedelta(seconds=0.2))


def test_patience_is_thirty_seconds_unless_a_tool_says_otherwise() -> None:
    assert timedelta(seconds=30) == PATIENCE
