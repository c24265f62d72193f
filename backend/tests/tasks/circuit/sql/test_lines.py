"""What a child says, believed only in the form that was agreed."""

import pytest

from neuroagent.tasks.circuit.sql.lines import End, Failed, Forged, Heading, Rows, read_line
from neuroagent.tasks.circuit.sql.question import Limits

LIMITS = Limits(columns=3)


def test_the_four_lines() -> None:
    assert read_line(b'{"columns": ["a"], "types": ["BIGINT"]}', 0, LIMITS) == Heading(("a",), ("BIGINT",))
    assert read_line(b'{"rows": [[1, null], ["x", [1.5]]]}', 2, LIMITS) == Rows([[1, None], ["x", [1.5]]])
    assert read_line(b'{"row_count": 2, "truncated": false, "seconds": 0.5}', 2, LIMITS) == End(2, False, 0.5)
    assert read_line(b'{"reason": "time", "message": "late"}', 2, LIMITS) == Failed("time", "late")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"rows": 1}',
        b'{"rows": [1]}',
        b'{"rows": [[1]]}',
        b'{"rows": [[1, 2, 3]]}',
        b'{"rows": [[1, NaN]]}',
        b'{"rows": [[1, Infinity]]}',
        b'{"rows": [[1, 2]], "more": 1}',
        b'{"rows": [[1, "\\ud800"]]}',
        b'{"rows": [[1, {"\\ud800": 1}]]}',
        b'{"rows": [[1, ' + b"[" * 50 + b"]" * 50 + b"]]}",
        b'{"rows": [[1, ' + b"9" * 5_000 + b"]]}",
        b'{"columns": ["a"], "types": []}',
        b'{"columns": [], "types": []}',
        b'{"columns": ["a", "b", "c", "d"], "types": ["", "", "", ""]}',
        b'{"columns": [1], "types": [2]}',
        b'{"columns": ["' + b"x" * 10_000 + b'"], "types": ["T"]}',
        b'{"row_count": "1", "truncated": false, "seconds": 0.5}',
        b'{"row_count": -1, "truncated": false, "seconds": 0.5}',
        b'{"row_count": 1, "truncated": 0, "seconds": 0.5}',
        b'{"row_count": 1, "truncated": false, "seconds": "0.5"}',
        b'{"row_count": 1, "truncated": false, "seconds": -1.0}',
        b'{"reason": "because", "message": "x"}',
        b'{"reason": "time", "message": 1}',
    ],
    ids=lambda line: line[:50].decode(errors="replace"),
)
def test_anything_else_is_forged(line: bytes) -> None:
    with pytest.raises(Forged):
        read_line(line, 2, LIMITS)
