"""What Celery's own tools see of our tasks, asked with Celery's own `AsyncResult`."""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from celery import Celery
from celery.exceptions import TaskRevokedError
from celery.result import AsyncResult
from processes import RedisServer, until, worker
from redis import Redis
from tasks.jobs import STARTED, job

from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.redis import redis_lines
from neuroagent.app.engine.sender import Sender
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas.errors import Failure, TaskError
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Failed, Pause, Retrying, WaitingInput
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.results import ShownTurn

NOW = STARTED.at
TROUBLE = Failure(code="external_service", message="The provider is away")
FILE = StoredFile(key="tasks/1/a", name="a", media_type="text/plain", size=1, sha256="0" * 64)


@pytest.fixture
def turn(redis_client: Redis) -> ShownTurn:
    turn = ShownTurn(redis_client, "1", "inbox:test", "w@h", 5.0)
    return replace(turn, attempt=int(turn.claim("q", 3, 0, time.time(), STARTED)))


@pytest.fixture
def theirs(redis: RedisServer) -> Iterator[Celery]:
    """A Celery app that knows nothing of us but where Redis is."""
    url = f"redis://:{redis.password}@127.0.0.1:{redis.port}/0"
    with Celery("theirs", broker=url, backend=url, set_as_current=False) as app:
        yield app
        app.backend.client.connection_pool.disconnect()


def test_what_nobody_has_started_is_pending(theirs: Celery) -> None:
    assert AsyncResult("unknown", app=theirs).state == "PENDING"


def test_what_runs_is_started(theirs: Celery, turn: ShownTurn) -> None:
    assert AsyncResult("1", app=theirs).state == "STARTED"


def test_what_is_refused_its_turn_shows_nothing(theirs: Celery, turn: ShownTurn) -> None:
    turn.end(Done(at=NOW, output=42))

    assert ShownTurn(turn.redis, "1", "inbox:test", "other", 5.0).claim("q", 3, 0, time.time(), STARTED) == "ended"
    assert AsyncResult("1", app=theirs).state == "SUCCESS"


def test_an_answer_is_its_result(theirs: Celery, turn: ShownTurn) -> None:
    turn.end(Done(at=NOW, output={"value": [42, "ü"]}))

    result = AsyncResult("1", app=theirs)
    assert result.successful()
    assert result.result == {"value": [42, "ü"]}
    assert result.date_done == NOW


def test_a_large_answer_is_named(theirs: Celery, turn: ShownTurn) -> None:
    turn.end(Done(at=NOW, stored=FILE))

    assert AsyncResult("1", app=theirs).result["key"] == FILE.key


def test_a_failure_says_why(theirs: Celery, turn: ShownTurn) -> None:
    turn.end(Failed(at=NOW, failure=TROUBLE))

    result = AsyncResult("1", app=theirs)
    assert result.state == "FAILURE"
    assert isinstance(result.result, TaskError)
    assert str(result.result) == "external_service: The provider is away"


@pytest.mark.parametrize("ending", [Cancelled(at=NOW), Done(at=NOW, output=42)])
def test_a_cancelled_task_is_revoked_whatever_its_body_said(
    ending: Ending, theirs: Celery, turn: ShownTurn, redis_client: Redis
) -> None:
    redis_client.set(Keys("1").cancel, "1")
    turn.end(ending)

    result = AsyncResult("1", app=theirs)
    assert result.state == "REVOKED"
    assert isinstance(result.result, TaskRevokedError)


@pytest.mark.parametrize(
    ("pause", "state"),
    [
        (Retrying(at=NOW, attempt=1, pause=1, failure=TROUBLE), "RETRY"),
        (WaitingInput(at=NOW, attempt=1, question="proceed?"), "STARTED"),
    ],
)
def test_what_rests_is_not_over(pause: Pause, state: str, theirs: Celery, turn: ShownTurn) -> None:
    turn.pause(pause)

    result = AsyncResult("1", app=theirs)
    assert (result.state, result.ready()) == (state, False)


def test_a_late_answer_changes_nothing(theirs: Celery, turn: ShownTurn) -> None:
    turn.end(Done(at=NOW, output="first"))

    replace(turn, worker="late@h").end(Done(at=NOW, output="late"))

    assert AsyncResult("1", app=theirs).result == "first"


def test_a_result_is_kept_for_a_day(turn: ShownTurn, redis_client: Redis) -> None:
    assert 0 < redis_client.ttl("celery-task-meta-1") <= 86_400


async def test_who_waits_with_celery_s_own_get_is_woken(redis: RedisServer, tmp_path: Path) -> None:
    settings = RedisSettings.model_validate({"port": redis.port, "password": redis.password})
    lines = redis_lines(settings)
    url = f"redis://:{redis.password}@127.0.0.1:{redis.port}/0"
    waits = f"from celery import Celery; print(Celery(backend={url!r}).AsyncResult('1').get(timeout=60))"

    with worker(redis, tmp_path, TASKS_SHOWS_RESULTS="true"):
        waiting = await asyncio.create_subprocess_exec(sys.executable, "-c", waits, stdout=asyncio.subprocess.PIPE)
        await Sender(settings, Outbox(Line(lines.kept, 5))).send("ping", "default_q", job())
        said, _ = await waiting.communicate()

    assert b"'pong': True" in said
    await lines.close()


async def test_a_worker_that_was_not_asked_to_shows_nothing(
    redis: RedisServer, theirs: Celery, redis_client: Redis, tmp_path: Path
) -> None:
    settings = RedisSettings.model_validate({"port": redis.port, "password": redis.password})
    lines = redis_lines(settings)

    with worker(redis, tmp_path):
        await Sender(settings, Outbox(Line(lines.kept, 5))).send("ping", "default_q", job())
        until(lambda: redis_client.exists(Keys("1").final) == 1, "the task has ended")

    assert AsyncResult("1", app=theirs).state == "PENDING"
    await lines.close()
