"""Which picture an answer gets."""

import json
from typing import Any

import pytest
from pydantic import JsonValue

from neuroagent.tasks.circuit.chart.choice import chart

TEXT, WHOLE, FRACTION, DAY = "VARCHAR", "BIGINT", "DOUBLE", "DATE"


def picture(types: dict[str, str], *rows: tuple[JsonValue, ...]) -> str | None:
    figure: Any = chart(list(types), list(types.values()), [dict(zip(types, row, strict=True)) for row in rows])
    json.dumps(figure, allow_nan=False)
    return figure and str(figure["data"][0]["type"]) + (":line" if "lines" in str(figure["data"][0]) else "")


def test_a_category_and_a_number_are_bars() -> None:
    assert picture({"layer": TEXT, "n": WHOLE}, ("1", 5), ("2", 3)) == "bar"
    assert picture({"n": WHOLE, "layer": TEXT, "share": FRACTION}, (5, "1", 0.5), (3, None, 0.3)) == "bar"


def test_a_rising_number_and_others_are_a_line() -> None:
    assert picture({"bin": FRACTION, "n": WHOLE}, (0.0, 5), (10.0, 7), (20.0, 2)) == "scatter:line"


def test_days_and_a_number_are_a_line() -> None:
    assert picture({"month": DAY, "n": WHOLE}, ("2024-01-01", 5), ("2024-02-01", 7)) == "scatter:line"


def test_two_numbers_are_points() -> None:
    assert picture({"a": FRACTION, "b": FRACTION}, (3.0, 1), (1.0, 2)) == "scatter"


def test_two_numbers_of_things_of_a_few_kinds_are_coloured_points() -> None:
    rows = [(n % 2, str(n % 2), n * 7 % 5) for n in range(10)]
    assert picture({"a": FRACTION, "layer": TEXT, "b": FRACTION}, *rows) == "scatter"


def test_two_categories_and_a_number_are_a_map() -> None:
    rows = [("1", "EXC", 5), ("1", "INH", 3), ("2", "EXC", 4)]
    assert picture({"layer": TEXT, "class": TEXT, "n": WHOLE}, *rows) == "heatmap"


def test_positions_are_in_space() -> None:
    types = {"node_id": WHOLE, "layer": TEXT, "x": FRACTION, "y": FRACTION, "z": FRACTION}
    assert picture(types, (1, "1", 1.0, 2.0, 3.0), (2, "1", 2.0, 3.0, 4.0)) == "scatter3d"


def test_many_numbers_are_a_histogram() -> None:
    assert picture({"x": FRACTION}, *[(n * 7 % 31,) for n in range(30)]) == "histogram"


@pytest.mark.parametrize(
    ("types", "rows"),
    [
        ({"n": WHOLE}, [(5,)]),
        ({"n": WHOLE}, []),
        ({"layer": TEXT}, [("1",), ("2",)]),
        ({"x": FRACTION}, [(1.0,), (2.0,)]),
        ({"node_id": WHOLE, "mtype": TEXT}, [(1, "a"), (2, "b")]),
        ({"layer": TEXT, "n": WHOLE}, [(str(n), n) for n in range(200)]),
        ({"layer": TEXT, "n": WHOLE}, [("1", 1), ("1", 2)]),
        ({"a": TEXT, "b": TEXT, "n": WHOLE}, [("1", "x", 1), ("1", "x", 2), ("2", "y", 1)]),
        ({"layer": TEXT, "all": "VARCHAR[]"}, [("1", ["a"]), ("2", ["b"])]),
        ({"x": FRACTION, "y": FRACTION}, [(float(n), 1.0) for n in range(3_000)]),
        ({"a": TEXT, "b": TEXT, "c": TEXT, "n": WHOLE}, [("1", "x", "y", 1), ("2", "x", "y", 2)]),
    ],
)
def test_what_no_picture_says_better_gets_none(types: dict[str, str], rows: list[tuple[JsonValue, ...]]) -> None:
    assert picture(types, *rows) is None
