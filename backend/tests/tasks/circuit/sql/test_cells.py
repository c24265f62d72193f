"""Values as JSON knows them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from neuroagent.tasks.circuit.sql.cells import cell


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (1.5, 1.5),
        (float("nan"), None),
        (float("-inf"), None),
        (Decimal("12.50"), 12.5),
        (Decimal("NaN"), None),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 12, 30, tzinfo=UTC), "2024-02-29T12:30:00+00:00"),
        (time(12, 30), "12:30:00"),
        (timedelta(days=2, hours=3), "2 days, 3:00:00"),
        (b"\x00\xff", "00ff"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([1.0, float("nan")], [1.0, None]),
        ((1, "a"), [1, "a"]),
        ({1: {"a": float("inf")}}, {"1": {"a": None}}),
    ],
)
def test_a_value_is_told_as_json(value: Any, told: Any) -> None:
    assert cell(value, 100) == told


def test_what_is_long_is_cut_and_says_so() -> None:
    assert cell("abcdef", 3) == "abc…"
    assert cell([1, 2, 3, 4], 3) == [1, 2, 3, "…"]
    assert cell({"a": 1, "b": 2}, 1) == {"a": 1}
    assert cell(b"x" * 100, 1_000) == "78" * 64 + "…"


def test_what_is_deep_becomes_text() -> None:
    deep: Any = 1
    for _ in range(50):
        deep = [deep]

    assert "[[[[" in str(cell(deep, 1_000)[0][0][0][0][0][0])
    assert isinstance(cell(deep, 1_000)[0][0][0][0][0][0], str)
