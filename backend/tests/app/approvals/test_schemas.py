"""Answers as a person's program sends them."""

from typing import Any

import pytest
from pydantic import ValidationError

from neuroagent.app.approvals.schemas import DecisionRequest


@pytest.mark.parametrize(
    "given",
    [
        {"decision": "deny", "arguments": {}},
        {"decision": "deny", "scope": "thread"},
        {"decision": "approve", "arguments": {"n": float("nan")}},
        {"decision": "approve", "arguments": {"n": "\ud800"}},
        {"decision": "deny", "reason": "a\x00b"},
        {"decision": "deny", "reason": "x" * 2_001},
        {"decision": "approve", "more": 1},
    ],
)
def test_what_no_database_could_keep_or_nobody_means_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DecisionRequest.model_validate(given)


def test_a_yes_may_change_the_arguments() -> None:
    assert DecisionRequest.model_validate({"decision": "approve", "arguments": {"n": 1}}).arguments == {"n": 1}
