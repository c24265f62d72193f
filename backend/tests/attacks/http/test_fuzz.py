"""Whatever a stranger makes up from the app's own document, the app answers, and never with a bug."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from processes import RedisServer, app
from schemathesis import Case
from schemathesis.core.result import Ok

EXAMPLES = 6
ENDLESS = {"/api/notifications/stream", "/v1/chat/completions"}  # until somebody leaves; until a worker answers
QUIET = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def served(redis: RedisServer, tmp_path: Path) -> Iterator[httpx.Client]:
    """Over real HTTP, as a stranger's program reaches it."""
    with app(redis, tmp_path, NEUROAGENT_LOGGING__LEVEL="WARNING") as client:
        yield client


def test_no_made_up_request_is_a_500(served: httpx.Client) -> None:
    schema = schemathesis.openapi.from_url(f"{served.base_url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    operations = [one for one in operations if one.path not in ENDLESS]
    assert len(operations) > 25

    for operation in operations:
        _fuzz(served, operation.as_strategy())


def _fuzz(served: httpx.Client, cases: st.SearchStrategy[Case[Any]]) -> None:
    headers = {"authorization": served.headers["authorization"]}

    @QUIET
    @given(case=cases)
    def fuzzed(case: Case[Any]) -> None:
        case.query = {**(case.query or {})}
        if "wait" in case.query or case.path.endswith("/run") or case.path == "/api/tasks/{task_id}":
            case.query["wait"] = 0
        answer = case.call(headers=headers, timeout=10)
        assert answer.status_code < 500 or answer.status_code == 503, f"{case.as_curl_command()}: {answer.text}"

    fuzzed()
