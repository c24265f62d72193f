"""An answer in one sentence."""

from typing import Any

from neuroagent.tasks.circuit.answer import Answer
from neuroagent.tasks.circuit.sentence import sentence


def answer(*rows: dict[str, Any], **more: Any) -> Answer:
    columns = tuple(rows[0]) if rows else ("n",)
    given = {"row_count": len(rows), "truncated": False, "seconds": 0.1, **more}
    return Answer(columns=columns, types=("BIGINT",) * len(columns), rows=rows, **given)


def test_one_number_is_said_as_one() -> None:
    assert sentence(answer({"neurons": 1_234_567})) == "neurons = 1,234,567."


def test_each_kind_of_value_has_its_words() -> None:
    said = sentence(answer({"a": None, "b": True, "c": 0.123456789, "d": "x" * 100}))

    assert said == f"a = nothing, b = true, c = 0.123457, d = {'x' * 60}…."


def test_of_many_rows_the_first_is_told() -> None:
    assert sentence(answer({"layer": "5", "n": 3}, {"layer": "6", "n": 2})) == ("2 rows; the first: layer = 5, n = 3.")


def test_what_is_not_shown_is_said_and_where_it_is() -> None:
    cut = {"row_count": 5_000, "truncated": True}

    assert sentence(answer({"n": 1}, **cut)).endswith("1 are shown here.")
    assert sentence(answer({"n": 1}, **cut, rows_in_file=5_000)).endswith("here; the file has all of them.")


def test_nothing_is_said_too() -> None:
    assert sentence(answer()) == "No row fits."


def test_a_wide_row_is_told_by_its_first_cells() -> None:
    assert sentence(answer({str(number): number for number in range(30)})).endswith("5 = 5, ….")
