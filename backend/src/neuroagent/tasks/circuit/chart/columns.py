"""What kind of thing each column of an answer holds, as far as a chart cares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from pydantic import JsonValue

Kind = Literal["category", "number", "time", "identity", "other"]
Row = dict[str, JsonValue]

IDENTITIES: Final = ("_id", "_index")


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    values: tuple[JsonValue, ...]

    @property
    def distinct(self) -> int:
        return len(set(map(str, self.values)))

    @property
    def is_rising(self) -> bool:
        """Every value is there and greater than the one before."""
        numbers = [value for value in self.values if isinstance(value, int | float)]
        return len(numbers) == len(self.values) and all(a < b for a, b in pairwise(numbers))


def columns(names: Sequence[str], types: Sequence[str], rows: Sequence[Row]) -> list[Column]:
    """Without those that say nothing."""
    return [column for column in _all(names, types, rows) if any(value is not None for value in column.values)]


def _all(names: Sequence[str], types: Sequence[str], rows: Sequence[Row]) -> Iterator[Column]:
    for name, kind in zip(names, types, strict=True):
        values = tuple(row[name] for row in rows)
        yield Column(name, _kind(name, kind, values), values)


def _kind(name: str, sql_type: str, values: tuple[JsonValue, ...]) -> Kind:
    """By the values too: an engine's type alone doesn't say what came through."""
    there = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in there):
        return "category"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return "identity" if name.lower() == "id" or name.lower().endswith(IDENTITIES) else "number"
    if all(isinstance(value, str) for value in there):
        return "time" if sql_type.startswith(("DATE", "TIME")) else "category"
    return "other"
