"""A contract encodes its own jobs, refuses others, and knows its family."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from neuroagent.task_schemas.system import PING, WORKER_HEALTH_CHECK, PingOutput, WorkerHealthCheckInput


def test_a_job_survives_the_way_to_the_worker() -> None:
    job = WorkerHealthCheckInput(store=True)

    assert WORKER_HEALTH_CHECK.decode(WORKER_HEALTH_CHECK.encode(job)) == job


def test_an_answer_survives_the_way_back() -> None:
    output = PingOutput(timestamp=datetime(2026, 1, 1, tzinfo=UTC))

    assert PING.encode_output(output) == {"pong": True, "timestamp": "2026-01-01T00:00:00Z"}
    assert PING.decode_output(PING.encode_output(output)) == output


def test_an_unannounced_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        PING.decode({"surprise": 1})


def test_a_message_does_not_change_on_its_way() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        WorkerHealthCheckInput(store=True).store = False  # type: ignore[misc]  # what is tested


def test_the_family_is_the_module_of_its_schemas() -> None:
    assert PING.family == "system"
