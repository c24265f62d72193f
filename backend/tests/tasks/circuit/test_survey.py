"""What a table holds, counted stretch by stretch."""

import math
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from neuroagent.tasks.circuit.profile import Column, ValueCount
from neuroagent.tasks.circuit.survey import LONGEST_VALUE, MOST_COUNTED, Survey, column_type


def surveyed(*stretches: pa.Array) -> Column:
    """One column, given in stretches."""
    tables = [pa.table({"a": stretch}) for stretch in stretches]
    survey = Survey(tables[0].schema, ["from/a"])
    for table in tables:
        survey.add(table)
    profile = survey.profile("p")
    assert profile.rows == sum(len(stretch) for stretch in stretches)
    return profile.columns[0]


def words(*values: Any) -> pa.Array:
    return pa.array(values, pa.string()).dictionary_encode()


def test_words_are_counted_over_all_stretches_most_frequent_first() -> None:
    column = surveyed(words("b", "a", None), words("b", "c"))

    assert column.values == (ValueCount("b", 2), ValueCount("a", 1), ValueCount("c", 1))
    assert (column.missing, column.distinct, column.has_all_values) == (1, 3, True)
    assert (column.type, column.sql_type, column.origin) == ("text", "VARCHAR", "from/a")


def test_a_value_that_is_declared_and_that_nobody_has_comes_last_with_no_count() -> None:
    declared = pa.DictionaryArray.from_arrays(pa.array([1, 1], pa.int32()), pa.array(["unused", "used"]))

    column = surveyed(declared)

    assert column.values == (ValueCount("used", 2), ValueCount("unused", 0))
    assert column.distinct == 1


def test_numbers_have_ends_and_a_middle() -> None:
    column = surveyed(pa.array([1.0, None]), pa.array([4.0, 1.0]))

    assert (column.minimum, column.maximum, column.mean, column.missing) == (1.0, 4.0, 2.0, 1)
    assert column.distinct is None


def test_whole_numbers_that_lie_close_together_are_counted() -> None:
    assert surveyed(pa.array([3, 3, 5])).values == (ValueCount(3, 2), ValueCount(5, 1))
    assert surveyed(pa.array([0, 5_000_000])).distinct is None


def test_infinity_is_no_figure() -> None:
    column = surveyed(pa.array([1.0, math.inf]))

    assert (column.minimum, column.maximum, column.mean) == (1.0, None, None)


def test_times_are_written_out() -> None:
    column = surveyed(pa.array([datetime(2026, 1, 2), datetime(2025, 1, 2)]))  # noqa: DTZ001 - a table's own

    assert (column.type, column.minimum, column.maximum) == ("time", "2025-01-02T00:00:00", "2026-01-02T00:00:00")


def test_nobody_is_counted_in_an_empty_table() -> None:
    assert surveyed(pa.array([], pa.float64())).mean is None
    assert surveyed(words()).distinct == 0


def test_counting_is_given_up_where_nearly_everything_is_different() -> None:
    column = surveyed(words(*map(str, range(MOST_COUNTED + 1))))

    assert (column.distinct, column.values) == (None, ())


def test_a_value_longer_than_anybody_types_is_left_out_and_still_counted() -> None:
    column = surveyed(words("a", "b" * (LONGEST_VALUE + 1)))

    assert [each.value for each in column.values] == ["a"]
    assert column.distinct == 2
    assert not column.has_all_values


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.bool_(), "boolean"),
        (pa.uint64(), "integer"),
        (pa.float32(), "number"),
        (pa.decimal128(9, 2), "number"),
        (pa.large_string(), "text"),
        (pa.date32(), "time"),
        (pa.list_(pa.int8()), "other"),
        (pa.binary(), "other"),
        (pa.duration("s"), "other"),
    ],
)
def test_types_as_questions_know_them(kind: pa.DataType, expected: str) -> None:
    assert column_type(kind) == expected
