"""An answer in one sentence, for who doesn't look at the table."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from neuroagent.tasks.circuit.answer import Answer

MOST_CELLS: Final = 6
LONGEST_CELL: Final = 60


def sentence(answer: Answer) -> str:
    if not answer.rows:
        return "No row fits."
    first = answer.rows[0]
    if answer.row_count == 1:
        return f"{_said(first)}."
    whole = f"{answer.row_count:,} rows; the first: {_said(first)}."
    if not answer.truncated:
        return whole
    where = "; the file has all of them" if answer.rows_in_file >= answer.row_count else ""
    return f"{whole} {len(answer.rows):,} are shown here{where}."


def _said(row: Mapping[str, JsonValue]) -> str:
    told = [f"{_short(name)} = {_cell(value)}" for name, value in list(row.items())[:MOST_CELLS]]
    return ", ".join(told) + (", …" if len(row) > MOST_CELLS else "")


def _cell(value: JsonValue) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.6g}"
        case _:
            return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
