"""The ledger: a row before a message, an owner to every row, one ending."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from neuroagent.app.engine.ledger import Filter, Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Failed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(task_id: str = "1", **changes: Any) -> TaskRow:
    values = {
        "id": task_id, "name": "ping", "queue": "q", "owner": "ann", "trace_id": "t", "state": "queued",
        "attempts": 0, "inbox": "inbox:1", "input": {"a": [1]}, "created_at": NOW, "sent_at": 1.0,
        "alive_at": 0.0, "cancel_requested": False,
    }  # fmt: skip
    return TaskRow(**values | changes)


async def add(ledger: Ledger) -> None:
    await ledger.add(row())


async def test_a_row_is_found_by_its_owner_and_by_no_one_else(ledger: Ledger) -> None:
    await add(ledger)

    assert (await ledger.find("1", "ann")) is not None
    assert (await ledger.find("1", "bob")) is None
    assert (await ledger.find("2", "ann")) is None


@pytest.mark.parametrize("odd", ["", "\0", "\ud800", "x" * 10_000, "1' OR '1'='1", "%", "1\n"])
async def test_an_id_that_can_t_be_one_is_not_found(odd: str, ledger: Ledger) -> None:
    await add(ledger)

    assert await ledger.find(odd) is None


async def test_any_text_that_json_can_carry_is_kept(ledger: Ledger) -> None:
    await add(ledger)
    odd: dict[str, JsonValue] = {"nul": "a\0b", "half a character": "\ud800", "nothing": None, "deep": [[[[[[]]]]]]}

    await ledger.apply([("1", Done(at=NOW, output=odd))])

    kept = await ledger.find("1")
    assert kept is not None
    assert kept.output == odd


async def test_how_it_ended_is_written_down(ledger: Ledger) -> None:
    await add(ledger)

    await ledger.apply([("1", Done(at=NOW, output={"answer": 42}))])

    kept = await ledger.find("1")
    assert kept is not None
    assert (kept.state, kept.output, kept.input, kept.ended_at) == ("done", {"answer": 42}, {"a": [1]}, NOW)


async def test_the_first_ending_stays(ledger: Ledger) -> None:
    await add(ledger)

    await ledger.apply([("1", Failed(at=NOW, failure=Failure(code="permanent", message="no")))])
    await ledger.apply([("1", Done(at=NOW, output=1))])

    kept = await ledger.find("1")
    assert kept is not None
    assert (kept.state, kept.output) == ("failed", None)
    assert kept.failure == Failure(code="permanent", message="no").model_dump()


async def test_pages_go_from_the_newest_to_the_oldest_without_a_gap(ledger: Ledger) -> None:
    for number in range(7):
        await ledger.add(row(f"{number}", created_at=NOW + timedelta(seconds=number // 2)))
    await ledger.add(row("b", owner="bob"))

    seen: list[str] = []
    place = None
    while page := await ledger.page("ann", Filter(limit=3, before=place)):
        seen += [found.id for found in page]
        place = (page[-1].created_at, page[-1].id)

    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


async def test_a_page_can_be_narrowed(ledger: Ledger) -> None:
    await ledger.add(row("1"))
    await ledger.add(row("2", state="dead"))
    await ledger.add(row("3", state="dead", name="other", queue="r"))

    async def ids(**wanted: Any) -> list[str]:
        return [found.id for found in await ledger.page("ann", Filter(**wanted))]

    assert await ids(state="dead") == ["3", "2"]
    assert await ids(state="dead", name="ping") == ["2"]
    assert await ids(queue="r") == ["3"]


async def test_of_many_that_send_it_again_one_does(ledger: Ledger) -> None:
    await add(ledger)
    found = await ledger.find("1")
    assert found is not None

    won = [await ledger.sending(found, 2.0) for _ in range(3)]

    assert won == [True, False, False]
