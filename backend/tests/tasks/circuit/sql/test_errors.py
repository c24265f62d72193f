"""What a person reads when a statement isn't run or is ended."""

import pytest

from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.sql.errors import QueryTookTooLong, QueryTooLarge, SqlFailed, UnsafeSql, failure_of
from neuroagent.tasks.circuit.sql.refusal import Reason


@pytest.mark.parametrize(
    ("reason", "kind", "code", "said"),
    [
        ("unsafe", UnsafeSql, "unsafe_sql", "why"),
        ("failed", SqlFailed, "bad_sql", "why"),
        ("time", QueryTookTooLong, "timed_out", "after 1.5 seconds"),
        ("memory", QueryTooLarge, "too_large", "200 MB"),
    ],
)
def test_each_reason_has_its_error(reason: Reason, kind: type[CircuitError], code: str, said: str) -> None:
    error = failure_of(reason, "why", 1.5, 200 << 20)

    assert type(error) is kind
    assert error.failure().error_code == code
    assert said in str(error)
