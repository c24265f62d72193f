"""The way to a task's stream under the name that workers know."""

import time

from redis import Redis
from tasks.jobs import STARTED

from neuroagent.task_schemas.events import Progress
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.notifier import task_stream_notifier
from neuroagent.tasks.runtime.turn import Turn


def test_a_running_task_is_told_of(redis_client: Redis) -> None:
    Turn(redis_client, "1", "inbox:test", "w@h", 30.0).claim("q", 3, 0, time.time(), STARTED)

    task_stream_notifier(redis_client, "1")(Progress(text="half", fraction=0.5))

    assert redis_client.xlen(Keys("1").stream) == 2


def test_a_task_that_nobody_runs_is_not(redis_client: Redis) -> None:
    task_stream_notifier(redis_client, "1")(Progress(text="half"))

    assert redis_client.keys("*") == []
