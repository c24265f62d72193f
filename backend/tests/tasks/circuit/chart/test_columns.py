"""What kind of thing each column holds."""

import pytest
from pydantic import JsonValue

from neuroagent.tasks.circuit.chart.columns import columns


@pytest.mark.parametrize(
    ("name", "sql_type", "values", "kind"),
    [
        ("mtype", "VARCHAR", ["a", None], "category"),
        ("layer", "VARCHAR", ["1", "2"], "category"),
        ("is_exc", "BOOLEAN", [True, False], "category"),
        ("n", "BIGINT", [1, 2], "number"),
        ("share", "DOUBLE", [0.5, None], "number"),
        ("node_id", "BIGINT", [1, 2], "identity"),
        ("ID", "BIGINT", [1, 2], "identity"),
        ("month", "DATE", ["2024-01-01", "2024-02-01"], "time"),
        ("all", "VARCHAR[]", [["a"], ["b"]], "other"),
        ("mixed", "BIGINT", [1, "a"], "other"),
    ],
)
def test_a_kind_is_told_by_type_and_values(name: str, sql_type: str, values: list[JsonValue], kind: str) -> None:
    (column,) = columns([name], [sql_type], [{name: value} for value in values])

    assert column.kind == kind


def test_a_column_without_values_says_nothing() -> None:
    assert columns(["a", "b"], ["BIGINT", "BIGINT"], [{"a": None, "b": 1}])[0].name == "b"


@pytest.mark.parametrize(
    ("values", "rising"), [([1, 2, 5], True), ([1, 1], False), ([2, 1], False), ([1, None, 2], False)]
)
def test_rising_is_each_more_than_the_one_before(values: list[JsonValue], rising: bool) -> None:
    (column,) = columns(["n"], ["BIGINT"], [{"n": value} for value in values])

    assert column.is_rising is rising
