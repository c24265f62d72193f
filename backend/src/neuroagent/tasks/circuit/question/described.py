"""A population as a model gets to see it: as data between two marks, and never more than a prompt can hold."""

import json
import secrets
from typing import Any, Final

from neuroagent.tasks.circuit.profile import Column, Profile
from neuroagent.tasks.circuit.question.tokens import atoms

MOST_COLUMNS: Final = 150
MOST_VALUES: Final = 25
LONGEST_TEXT: Final = 60
MOST_LETTERS: Final = 24_000


def as_data(profile: Profile, question: str) -> str:
    """The mark is a new one each time, so that no value can close it."""
    mark = secrets.token_hex(8)
    lines = [json.dumps({"rows": profile.rows})]
    letters = 0
    for column in profile.columns[:MOST_COLUMNS]:
        line = json.dumps(_column(column, question), ensure_ascii=True)
        letters += len(line)
        if letters > MOST_LETTERS:
            lines.append(json.dumps({"left_out": "further columns"}))
            break
        lines.append(line)
    return "\n".join([f"=== data {mark}", *lines, f"=== end of data {mark}"])


def _column(column: Column, question: str) -> dict[str, Any]:
    """Names are given whole, since SQL needs them whole; an overlong one can't be asked for."""
    told: dict[str, Any] = {"column": column.name[:200], "type": column.type, "missing": column.missing}
    if column.distinct is not None:
        told["distinct"] = column.distinct
    if column.type == "text":
        told["values"] = [_short(value) for value in _values(column, question)]
        told["all_values_listed"] = column.has_all_values and len(column.values) <= MOST_VALUES
    elif column.minimum is not None:
        told |= {"minimum": column.minimum, "maximum": column.maximum}
    return told


def _values(column: Column, question: str) -> list[str]:
    """Those that the question may mean come first, then the most frequent."""
    words = set(atoms(question))
    texts = [each.value for each in column.values if isinstance(each.value, str)]
    meant = [text for text in texts if words & set(atoms(text))]
    return list(dict.fromkeys((*meant[:MOST_VALUES], *texts)))[:MOST_VALUES]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
