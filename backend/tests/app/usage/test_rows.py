"""Usage in both databases: added up in one statement, each task once, on the day on which it ended."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from neuroagent.app.engine.ledger import TABLE, Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.usage.rows import Usage, add_answer, today


@pytest.fixture
def usage(ledger: Ledger) -> Usage:
    return Usage(ledger)


def row(number: int, **more: Any) -> TaskRow:
    ended = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    given: dict[str, Any] = {
        "owner": "ada",
        "name": "ping",
        "queue": "default_q",
        "trace_id": "t",
        "state": "done",
        "inbox": "i",
    }
    given |= {"id": f"{number}", "created_at": ended, "ended_at": ended, "seconds": 1.5, "input": {}, "sent_at": 0.0}
    return TaskRow(**given | more)


async def test_answers_add_up_also_when_they_end_at_once(usage: Usage) -> None:
    await asyncio.gather(*(usage.ledger.write(lambda to: add_answer(to, "ada", 10, 2)) for _ in range(20)))

    found = await usage.on("ada", today())

    assert found is not None
    assert (found.answers, found.tokens_in, found.tokens_out, found.tasks) == (20, 200, 40, 0)
    assert await usage.on("bob", today()) is None


async def test_each_task_is_counted_once_on_its_day_for_its_owner(usage: Usage) -> None:
    for number in range(3):
        await usage.ledger.add(row(number))
    await usage.ledger.add(row(3, owner="bob", seconds=7.0))
    await usage.ledger.add(row(4, state="running", ended_at=None))

    counted = await asyncio.gather(*(usage.count_tasks() for _ in range(4)))

    assert sum(counted) == 4
    day = date(2026, 3, 1)
    found = [await usage.on(user, day) for user in ("ada", "bob")]
    assert [(one.tasks, one.tool_seconds) for one in found if one] == [(3, 4.5), (1, 7.0)]
    assert await usage.count_tasks() == 0


async def test_a_task_that_is_tried_again_counts_again(usage: Usage) -> None:
    failed = await usage.ledger.add(row(1, state="failed"))
    await usage.count_tasks()

    assert await usage.ledger.revive(failed, 1.0)
    assert await usage.count_tasks() == 0
    ended = {"state": "done", "ended_at": datetime(2026, 3, 1, tzinfo=UTC), "seconds": 2.0}
    await usage.ledger.change(update(TABLE).values(**ended))
    await usage.count_tasks()

    [found] = await usage.before("ada", 10)
    assert (found.tasks, found.tool_seconds) == (2, 3.5)
