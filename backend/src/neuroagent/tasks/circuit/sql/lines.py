"""What a child says, believed only as far as it has the form that was agreed."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, TypeGuard, get_args

from pydantic import JsonValue

from neuroagent.tasks.circuit.sql.cells import DEEPEST
from neuroagent.tasks.circuit.sql.question import Limits
from neuroagent.tasks.circuit.sql.refusal import Reason

LONGEST_NAME: Final = 300
LONGEST_MESSAGE: Final = 2_000
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Forged(Exception):
    """The child says what the child of ours wouldn't."""


@dataclass(frozen=True)
class Heading:
    columns: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    rows: list[list[JsonValue]]


@dataclass(frozen=True)
class End:
    row_count: int | None  # of the whole answer; None where it wasn't counted
    truncated: bool
    seconds: float


@dataclass(frozen=True)
class Failed:
    reason: Reason
    message: str


Line = Heading | Rows | End | Failed


def read_line(line: bytes, columns: int, limits: Limits) -> Line:
    match _decoded(line):
        case {"columns": list(names), "types": list(types), **rest} if not rest:
            return _heading(names, types, limits)
        case {"rows": list(rows), **rest} if not rest:
            return Rows(_rows(rows, columns))
        case {"row_count": int() | None as total, "truncated": bool(cut), "seconds": float(took), **rest} if not rest:
            return _end(total, cut, took)
        case {"reason": str(reason), "message": str(message), **rest} if not rest and reason in get_args(Reason):
            return Failed(_reason(reason), _clean(message[:LONGEST_MESSAGE]))
        case _:
            raise Forged(f"No line of an answer: {line[:100]!r}")


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line, parse_constant=_refused_constant)
    except (ValueError, RecursionError) as error:
        raise Forged(f"Not JSON: {line[:100]!r}") from error


def _refused_constant(name: str) -> None:
    raise Forged(f"{name} isn't JSON.")


def _heading(names: list[Any], types: list[Any], limits: Limits) -> Heading:
    texts = [*names, *types]
    if len(names) != len(types) or not 0 < len(names) <= limits.columns or not all(map(_is_name, texts)):
        raise Forged(f"No heading: {str(texts)[:100]}")
    return Heading(tuple(names), tuple(types))


def _end(total: int | None, truncated: bool, seconds: float) -> End:
    if (total or 0) < 0 or seconds < 0:
        raise Forged(f"No end: {total} rows in {seconds} seconds.")
    return End(total, truncated, seconds)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME * 10 and not LONE_SURROGATE.search(value)


def _rows(rows: list[Any], columns: int) -> list[list[JsonValue]]:
    for row in rows:
        if not isinstance(row, list) or len(row) != columns or not all(_is_value(value) for value in row):
            raise Forged(f"No row of {columns} values: {str(row)[:100]}")
    return rows


def _is_value(value: Any, depth: int = 0) -> bool:
    match value:
        case None | bool() | int() | float():
            return True
        case str():
            return LONE_SURROGATE.search(value) is None
        case list():
            return depth <= DEEPEST and all(_is_value(each, depth + 1) for each in value)
        case dict():
            return depth <= DEEPEST and all(_is_value(each, depth + 1) for pair in value.items() for each in pair)
        case _:
            return False


def _clean(message: str) -> str:
    return LONE_SURROGATE.sub("�", message)


def _reason(value: str) -> Reason:
    if not _is_reason(value):
        raise Forged(f"No reason: {value[:100]!r}")
    return value


def _is_reason(value: str) -> TypeGuard[Reason]:
    return value in get_args(Reason)
