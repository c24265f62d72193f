"""A call of a tool on the real engine, with a worker's hand for its end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from app.engine.workers_of_tests import Hand, done, failed
from redis import Redis

from neuroagent.app.engine.client import Tasks
from neuroagent.app.tools.base import ToolContext
from neuroagent.app.tools.calling import ToolDone, ToolFailed, answered, asked, withdrawn
from neuroagent.app.tools.system import CHECK_WORKER
from neuroagent.task_schemas.events import Event
from neuroagent.task_schemas.system import WorkerHealthCheckInput

CONTEXT = ToolContext("ada", "trace-1")
JOB = WorkerHealthCheckInput()
OUTPUT = {
    "worker": "w",
    "redis_reachable": True,
    "redis_version": "7",
    "redis_ms": 1.0,
    "versions": {},
    "families": [],
    "queues": ["q"],
}


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


async def test_an_answer_is_for_the_page_and_for_the_model(tasks: Tasks, hand: Hand) -> None:
    row = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key="k")
    told: list[Event] = []
    waiting = asyncio.create_task(answered(tasks, CHECK_WORKER, row, told.append))
    _, turn = hand.take()
    turn.end(done(OUTPUT))

    came = await waiting

    assert isinstance(came, ToolDone)
    assert came.text.startswith("Worker w is alive")
    assert [event.type for event in told][-1] == "done"


async def test_the_same_key_is_the_same_call(tasks: Tasks, hand: Hand) -> None:
    row = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key="k")
    _, turn = hand.take()
    turn.end(done(OUTPUT))
    first = await answered(tasks, CHECK_WORKER, row)

    again = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key="k")

    assert again.id == row.id
    assert await answered(tasks, CHECK_WORKER, again) == first
    assert hand.waiting() == 0


@pytest.mark.parametrize(
    ("code", "reason"),
    [("permanent", "no such population"), ("crashed", "It broke on our side; the log has the cause under trace-1.")],
)
async def test_a_failure_is_told_with_its_reason_and_a_bug_without(
    code: str, reason: str, tasks: Tasks, hand: Hand
) -> None:
    row = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key=None)
    _, turn = hand.take()
    turn.end(failed(code, "no such population"))  # type: ignore[arg-type]  # one of the codes

    assert await answered(tasks, CHECK_WORKER, row) == ToolFailed(reason)


async def test_what_was_cancelled_is_told(tasks: Tasks) -> None:
    row = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key=None)
    await withdrawn(tasks, row.id, row.owner)

    assert await answered(tasks, CHECK_WORKER, row) == ToolFailed("The call was cancelled.")
    await withdrawn(tasks, row.id, row.owner)


async def test_patience_ends_and_the_call_with_it(tasks: Tasks) -> None:
    hasty = replace(CHECK_WORKER, patience=timedelta(seconds=0.2))
    row = await asked(tasks, hasty, JOB, context=CONTEXT, key=None)

    came = await answered(tasks, hasty, row)

    assert came == ToolFailed("It hasn't ended within 0.2 s, and was cancelled.")
    assert (await tasks.mine(row.id, "ada")).state == "cancelled"
