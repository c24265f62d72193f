"""A value of the engine as JSON knows values: NaN and infinity as null, times as text, nothing endless."""

import math
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

DEEPEST: Final = 6
MOST_BYTES: Final = 64  # of binary values, which nobody reads in a table


def cell(value: Any, longest: int, depth: int = 0) -> Any:
    """`longest` is how many characters of a text and items of a list are kept; what is cut ends with …."""
    match value:
        case None | bool() | int():
            return value
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case list() | tuple() | dict() if depth < DEEPEST:
            return _many(value, longest, depth + 1)
        case _:
            return text(_told(value, longest), longest)


def _told(value: Any, longest: int) -> str:
    match value:
        case str():
            return value
        case date() | time():  # a datetime is a date
            return value.isoformat()
        case bytes():
            return value[:MOST_BYTES].hex() + ("…" if len(value) > MOST_BYTES else "")
        case _:
            return str(value)[: longest + 1]


def text(value: str, longest: int) -> str:
    return value if len(value) <= longest else value[:longest] + "…"


def _many(value: list[Any] | tuple[Any, ...] | dict[Any, Any], longest: int, depth: int) -> Any:
    if isinstance(value, dict):
        pairs = list(value.items())[:longest]
        return {text(str(key), longest): cell(each, longest, depth) for key, each in pairs}
    kept = [cell(each, longest, depth) for each in value[:longest]]
    return [*kept, "…"] if len(value) > longest else kept
