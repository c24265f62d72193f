"""The ledger: a row before a message, an owner to every row, one ending."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Failed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def add(ledger: Ledger) -> None:
    await ledger.add(
        TaskRow(
            id="1", name="ping", queue="q", owner="ann", trace_id="t", state="queued", input={"a": [1]}, created_at=NOW
        )
    )


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

    await ledger.end("1", Done(at=NOW, output=odd))

    row = await ledger.find("1")
    assert row is not None
    assert row.output == odd


async def test_how_it_ended_is_written_down(ledger: Ledger) -> None:
    await add(ledger)

    await ledger.end("1", Done(at=NOW, output={"answer": 42}))

    row = await ledger.find("1")
    assert row is not None
    assert (row.state, row.output, row.input, row.ended_at) == ("done", {"answer": 42}, {"a": [1]}, NOW)


async def test_the_first_ending_stays(ledger: Ledger) -> None:
    await add(ledger)

    await ledger.end("1", Failed(at=NOW, failure=Failure(code="failed", message="no")))
    await ledger.end("1", Done(at=NOW, output=1))

    row = await ledger.find("1")
    assert row is not None
    assert (row.state, row.output) == ("failed", None)
    assert row.failure == {"code": "failed", "message": "no"}
