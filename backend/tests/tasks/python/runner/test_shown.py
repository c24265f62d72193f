"""What a script leaves to be seen: its value, as JSON, as text and as a table."""

from datetime import date
from typing import Any

import pytest

from neuroagent.tasks.python.runner.shown import LONGEST_JSON, MOST_ROWS, described


class Frame:
    """What a data frame looks like from outside."""

    columns = ("n", "d")
    rows = ((1, date(2026, 1, 2)), (2, None))

    def head(self, number: int) -> dict[str, list[Any]]:
        return {name: [row[place] for row in self.rows[:number]] for place, name in enumerate(self.columns)}

    def __len__(self) -> int:
        return len(self.rows)


class Unspeakable:
    def __repr__(self) -> str:
        raise ValueError


@pytest.mark.parametrize("value", [1, "text", [1, None], {"a": [True, 2.5]}])
def test_what_json_can_say_is_json(value: Any) -> None:
    assert described(value)["json_value"] == value


@pytest.mark.parametrize(
    ("value", "text"), [({1: 2}, "{1: 2}"), ((1,), "(1,)"), (float("inf"), "inf"), ({"a"}, "{'a'}"), (b"x", "b'x'")]
)
def test_what_json_would_change_is_a_repr(value: Any, text: str) -> None:
    assert described(value)["text"] == text


def test_what_cannot_even_be_shown_is_said() -> None:
    assert described(Unspeakable())["text"] == "<Unspeakable whose repr raises ValueError>"


def test_what_is_too_long_is_a_repr_of_bounded_length() -> None:
    assert len(described("x" * (LONGEST_JSON + 1))["text"]) == 20_000


def test_a_data_frame_is_a_table() -> None:
    table = described(Frame())["table"]

    assert [column["type"] for column in table["columns"]] == ["integer", "datetime"]
    assert table["cells"] == [[1, "2026-01-02"], [2, None]]
    assert table["rows"] == 2


def test_a_long_table_tells_how_long_it_is() -> None:
    table = described([{"n": number} for number in range(MOST_ROWS + 5)])["table"]
    assert (len(table["cells"]), table["rows"]) == (MOST_ROWS, MOST_ROWS + 5)


@pytest.mark.parametrize(
    ("column", "kind"),
    [([1, 2.5], "number"), ([True], "boolean"), (["a", 1], "mixed"), ([None], "empty"), ([1, None], "integer")],
)
def test_columns_have_types(column: list[Any], kind: str) -> None:
    assert described([{"c": cell} for cell in column])["table"]["columns"][0]["type"] == kind
