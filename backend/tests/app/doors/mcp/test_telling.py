"""How far a call is; and a caller who leaves takes the call with him."""

import asyncio

import pytest
from app.engine.workers_of_tests import Hand, failed, now
from app.tools.test_calling import CONTEXT, JOB

from neuroagent.app.doors.mcp.telling import A_BIT, Telling
from neuroagent.app.engine.client import Tasks
from neuroagent.app.tools.calling import asked
from neuroagent.app.tools.system import CHECK_WORKER
from neuroagent.task_schemas.events import Event, Log, Progress, Queued, Retrying, Started

EVENTS: list[Event] = [
    Queued(at=now(), place=2),
    Started(at=now(), worker="w", trace_id="t", attempt=1),
    Progress(fraction=0.5, text="half"),
    Log(text="output"),
    Progress(text="still"),
    Retrying(at=now(), attempt=1, pause=0, failure=failed(message="a hiccup").failure),
    Progress(fraction=1, text="done"),
    Progress(fraction=1, text="really"),
]


async def test_every_step_is_larger_than_the_one_before(tasks: Tasks) -> None:
    row = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key=None)
    told: list[tuple[float, float | None, str | None]] = []

    async def report(progress: float, total: float | None = None, message: str | None = None) -> None:
        told.append((progress, total, message))

    async with Telling(tasks, row).to(report) as on_event:
        for event in EVENTS:
            on_event(event)

    texts = ["queued behind 2", "running", "half", "still", "once more: a hiccup", "done", "really"]
    assert [text for _, _, text in told] == texts
    reached = [progress for progress, _, _ in told]
    assert reached == sorted(set(reached))
    assert (reached[2], reached[5], told[-1][1]) == (0.5, 1, None)
    assert reached[3] == pytest.approx(0.5 + A_BIT)


async def test_a_caller_who_leaves_takes_the_call_with_him(tasks: Tasks, hand: Hand) -> None:
    row = await asked(tasks, CHECK_WORKER, JOB, context=CONTEXT, key=None)

    async def report(progress: float, total: float | None = None, message: str | None = None) -> None:
        """Nobody listens."""

    async def calling() -> None:
        async with Telling(tasks, row).to(report):
            await asyncio.Event().wait()

    call = asyncio.create_task(calling())
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    while (await tasks.mine(row.id, row.owner)).state != "cancelled":  # noqa: ASYNC110 - as the ledger has it
        await asyncio.sleep(0.01)
    assert hand.try_to_take() in {"cancelled", "ended"}
