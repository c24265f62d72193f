"""A circuit as its owner sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stores import chunks

from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.circuits.views import Views
from neuroagent.task_schemas.circuit import DescribeCircuitOutput, DescribedPopulation
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Ending, Failed

DESCRIPTION = DescribeCircuitOutput(populations=(DescribedPopulation(name="p", rows=3),))
NOW = timedelta(0)


@pytest.fixture
async def row(circuits: Circuits) -> CircuitRow:
    return await circuits.upload("ann", "c.csv", "csv", chunks(b"a\n1\n"))


async def ended(circuits: Circuits, row: CircuitRow, ending: Ending) -> None:
    assert row.task_id is not None
    await circuits.tasks.ledger.apply([(row.task_id, ending)])


def at(**more: Any) -> dict[str, Any]:
    return {"at": datetime.now(UTC), **more}


async def test_until_its_task_has_ended_it_is_being_described(circuits: Circuits, row: CircuitRow) -> None:
    seen = await Views(circuits.tasks).one(row, NOW)

    assert (seen.state, seen.description, seen.bytes) == ("describing", None, 4)


async def test_the_task_s_answer_is_the_description(circuits: Circuits, row: CircuitRow) -> None:
    await ended(circuits, row, Done(**at(output=DESCRIPTION.model_dump(mode="json"))))
    views = Views(circuits.tasks)

    assert (await views.one(row, NOW)).description == DESCRIPTION
    [listed] = await views.many([row])
    assert (listed.state, listed.description) == ("ready", None)


async def test_the_task_s_failure_is_the_reason(circuits: Circuits, row: CircuitRow) -> None:
    await ended(circuits, row, Failed(**at(failure=Failure(code="permanent", message="It is broken."))))

    seen = await Views(circuits.tasks).one(row, NOW)

    assert (seen.state, seen.reason) == ("failed", "It is broken.")


async def test_what_nobody_described_yet_is_registered(circuits: Circuits, row: CircuitRow) -> None:
    row.task_id = None

    assert (await Views(circuits.tasks).one(row, NOW)).state == "registered"
