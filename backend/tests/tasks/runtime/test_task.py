"""`@task(CONTRACT)`: the body stays a plain function, and nobody else can claim the contract."""

from datetime import UTC, datetime

import pytest

from neuroagent.task_schemas.system import PING, PingInput, PingOutput
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import FulfilledTwice, fulfilments, task
from neuroagent.tasks.system.task import ping


def test_a_body_is_called_as_any_function(report: Report) -> None:
    assert ping(PingInput(), report).pong


def test_a_body_is_found_by_its_contract() -> None:
    assert ping in [fulfilment.body for fulfilment in fulfilments() if fulfilment.contract is PING]


def test_a_contract_is_fulfilled_once() -> None:
    def another(_job: PingInput, _report: Report) -> PingOutput:
        return PingOutput(timestamp=datetime.now(UTC))

    with pytest.raises(FulfilledTwice, match="'ping' is fulfilled"):
        task(PING)(another)
