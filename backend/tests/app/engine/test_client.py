"""The app's only door to the workers: a row before a message, and an answer whoever asks first."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from processes import RedisServer
from redis import Redis

from neuroagent.app.engine.client import Tasks, TaskView, producer
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.errors import NotFound, Unavailable
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas.events import Done, Progress, Started
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.jobs import Job
from neuroagent.task_schemas.system import PING, WORKER_HEALTH_CHECK, PingInput, WorkerHealthCheckInput
from neuroagent.tasks.runtime.stream import TaskStream

NOW = datetime.now(UTC)


async def submit_ping(tasks: Tasks) -> str:
    return (await tasks.submit(PING, PingInput(), owner="ann", trace_id="t")).id


async def look(tasks: Tasks, task_id: str, owner: str = "ann") -> TaskView:
    return await tasks.look(task_id, owner=owner, patience=timedelta(0))


def job_in_the_queue(redis: Redis, queue: str) -> Job:
    [message] = redis.lrange(queue, 0, -1)
    [[job], _, _] = json.loads(b64decode(json.loads(message)["body"]))
    return Job.model_validate(job)


async def test_a_job_goes_to_its_contract_s_queue_with_leave_to_upload(tasks: Tasks, redis_client: Redis) -> None:
    task_id = await submit_ping(tasks)

    job = job_in_the_queue(redis_client, "default_q")
    assert (job.task_id, job.trace_id, job.input) == (task_id, "t", {})
    assert job.upload.prefix == f"tasks/{task_id}/"


async def test_what_people_wrote_is_not_shown_to_celery_s_logs(tasks: Tasks, redis_client: Redis) -> None:
    await submit_ping(tasks)

    [message] = redis_client.lrange("default_q", 0, -1)
    assert json.loads(message)["headers"]["argsrepr"] == "…"


async def test_a_task_s_story_is_seen_from_its_stream(tasks: Tasks, redis_client: Redis) -> None:
    task_id = await submit_ping(tasks)
    assert (await look(tasks, task_id)).worker is None

    stream = TaskStream(redis_client, task_id)
    stream.tell(Started(at=NOW, worker="w@h", trace_id="t"))
    stream.tell(Progress(text="half", fraction=0.5))

    view = await look(tasks, task_id)
    assert (view.worker, view.progress, view.ending) == ("w@h", Progress(text="half", fraction=0.5), None)


async def test_an_answer_is_seen_and_kept(tasks: Tasks, redis_client: Redis, ledger: Ledger) -> None:
    task_id = await submit_ping(tasks)
    TaskStream(redis_client, task_id).end(Done(at=NOW, output={"answer": 42}))

    assert (await look(tasks, task_id)).ending == Done(at=NOW, output={"answer": 42})
    redis_client.flushall()
    kept = await ledger.find(task_id)
    assert kept is not None
    assert kept.output == {"answer": 42}
    assert (await look(tasks, task_id)).row.output == {"answer": 42}


async def test_a_stranger_s_task_is_not_found(tasks: Tasks) -> None:
    task_id = await submit_ping(tasks)

    with pytest.raises(NotFound):
        await look(tasks, task_id, owner="bob")


async def test_a_queue_that_is_away_is_said_and_the_row_stays(ledger: Ledger, tasks: Tasks) -> None:
    away = Tasks(ledger, tasks.redis, producer(RedisSettings(port=1, connect_timeout=0.5)), tasks.grants)

    with pytest.raises(Unavailable, match="The queue can't be reached"):
        await submit_ping(away)


def file_of(task_id: str, name: str = "a.csv") -> StoredFile:
    return StoredFile(key=f"tasks/{task_id}/{name}", name=name, media_type="text/csv", size=1, sha256="0" * 64)


async def test_a_file_of_mine_travels_with_leave_to_read_it(
    tasks: Tasks, redis_client: Redis, redis: RedisServer
) -> None:
    made_by = await submit_ping(tasks)
    redis_client.delete("default_q")

    job = WorkerHealthCheckInput(fetch=file_of(made_by))
    await tasks.submit(WORKER_HEALTH_CHECK, job, owner="ann", trace_id="t")

    assert list(job_in_the_queue(redis_client, "default_q").downloads) == [f"tasks/{made_by}/a.csv"]


@pytest.mark.parametrize("key", ["tasks/unknown/a.csv", "elsewhere/a.csv", "tasks/", "tasks", "../secret_key"])
async def test_a_file_that_is_not_mine_is_not_found(key: str, tasks: Tasks, redis_client: Redis) -> None:
    file = file_of("x").model_copy(update={"key": key})

    with pytest.raises(NotFound):
        await tasks.submit(WORKER_HEALTH_CHECK, WorkerHealthCheckInput(fetch=file), owner="ann", trace_id="t")
    assert redis_client.llen("default_q") == 0


async def test_a_file_of_another_user_s_task_is_not_found(tasks: Tasks) -> None:
    made_by = await submit_ping(tasks)

    with pytest.raises(NotFound):
        await tasks.submit(
            WORKER_HEALTH_CHECK, WorkerHealthCheckInput(fetch=file_of(made_by)), owner="bob", trace_id="t"
        )
