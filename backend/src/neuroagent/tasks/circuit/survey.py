"""What a table holds, counted stretch by stretch while it is read for another purpose anyway."""

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from neuroagent.task_schemas.circuit import ColumnType, Scalar
from neuroagent.tasks.circuit.profile import MOST_VALUES, Column, Profile, Skipped, ValueCount
from neuroagent.tasks.circuit.values import TEXT

MOST_COUNTED: Final = 50_000  # distinct values, before counting is given up
CLOSE_TOGETHER: Final = 1_000  # whole numbers in so small a range are counted one by one
LONGEST_VALUE: Final = 300  # letters; who asks for more than that doesn't type it

SQL_TYPES: Final = {
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.uint8(): "UTINYINT",
    pa.uint16(): "USMALLINT",
    pa.uint32(): "UINTEGER",
    pa.uint64(): "UBIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    TEXT: "VARCHAR",
}


class Tally(Protocol):
    def add(self, values: pa.ChunkedArray) -> None: ...

    def column(self, name: str, origin: str, kind: pa.DataType) -> Column: ...


class Survey:
    """Give it every stretch once, in any order."""

    def __init__(self, schema: pa.Schema, origins: Sequence[str]) -> None:
        self._schema = schema
        self._origins = origins
        self._tallies: list[Tally] = [_tally(field.type) for field in schema]
        self._rows = 0

    def add(self, stretch: pa.Table) -> None:
        self._rows += stretch.num_rows
        for tally, values in zip(self._tallies, stretch.columns, strict=True):
            tally.add(values)

    def profile(self, population: str, skipped: Sequence[Skipped] = ()) -> Profile:
        columns = [
            tally.column(field.name, origin, field.type)
            for tally, field, origin in zip(self._tallies, self._schema, self._origins, strict=True)
        ]
        return Profile(population, self._rows, tuple(columns), tuple(skipped))


def column_type(kind: pa.DataType) -> ColumnType:
    if is_text(kind):
        return "text"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "time" if pa.types.is_temporal(kind) and not pa.types.is_duration(kind) else "other"


def is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner))


def _tally(kind: pa.DataType) -> Tally:
    match column_type(kind):
        case "text" | "boolean":
            return Words()
        case "integer":
            return WholeNumbers()
        case "number" | "time":
            return Extremes()
        case _:
            return Anything()


def _described(name: str, origin: str, kind: pa.DataType, **known: Any) -> Column:
    return Column(name, column_type(kind), SQL_TYPES.get(kind, str(kind).upper()[:80]), origin[:300], **known)


class Anything:
    """Of a type that questions don't reach into: only what is missing."""

    def __init__(self) -> None:
        self.missing = 0

    def add(self, values: pa.ChunkedArray) -> None:
        self.missing += values.null_count

    def column(self, name: str, origin: str, kind: pa.DataType) -> Column:
        return _described(name, origin, kind, missing=self.missing)


class Words:
    """How often each occurs; also those that the file declares and no row has."""

    def __init__(self) -> None:
        self.missing = 0
        self.counts: Counter[Any] | None = Counter()
        self._library = _Library(pa.array([]))

    def add(self, values: pa.ChunkedArray) -> None:
        self.missing += values.null_count
        for chunk in values.chunks:
            if self.counts is not None:
                self._add(chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode())

    def _add(self, chunk: pa.DictionaryArray) -> None:
        if not self._library.words.equals(chunk.dictionary):
            self._settle()
            self._library = _Library(chunk.dictionary)
        self._library.count(chunk)

    def _settle(self) -> None:
        if self.counts is not None:
            self.counts.update(self._library.counted())
            self.counts = None if len(self.counts) > MOST_COUNTED else self.counts

    def column(self, name: str, origin: str, kind: pa.DataType) -> Column:
        self._settle()
        self._library = _Library(pa.array([]))
        if self.counts is None:
            return _described(name, origin, kind, missing=self.missing)
        distinct = sum(count > 0 for count in self.counts.values())
        return _described(name, origin, kind, missing=self.missing, distinct=distinct, values=_frequent(self.counts))


class Extremes:
    """Between which values they lie, and where their middle is."""

    def __init__(self) -> None:
        self.missing = self.rows = 0
        self.sum = 0.0
        self.minimum: Any = None
        self.maximum: Any = None

    def add(self, values: pa.ChunkedArray) -> None:
        self.missing += values.null_count
        self.rows += len(values)
        found = pc.min_max(values)
        low, high = found["min"].as_py(), found["max"].as_py()
        if low is not None:
            self.minimum = low if self.minimum is None else min(low, self.minimum)
            self.maximum = high if self.maximum is None else max(high, self.maximum)
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            self.sum += float(pc.sum(pc.cast(values, pa.float64(), safe=False)).as_py() or 0)

    def column(self, name: str, origin: str, kind: pa.DataType) -> Column:
        return _described(name, origin, kind, **self.known(kind))

    def known(self, kind: pa.DataType) -> dict[str, Any]:
        there = self.rows - self.missing
        mean = self.sum / there if there and not pa.types.is_temporal(kind) else None
        ends = {"minimum": _scalar(self.minimum), "maximum": _scalar(self.maximum)}
        return {"missing": self.missing, "mean": mean if mean is not None and math.isfinite(mean) else None, **ends}


class WholeNumbers(Extremes):
    """As any numbers, and counted one by one while they lie close together."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[Any] | None = Counter()

    def add(self, values: pa.ChunkedArray) -> None:
        super().add(values)
        if self.minimum is not None and self.maximum - self.minimum > CLOSE_TOGETHER:
            self.counts = None
        if self.counts is not None:
            self.counts.update(
                {each["values"]: each["counts"] for each in values.drop_null().value_counts().to_pylist()}
            )

    def column(self, name: str, origin: str, kind: pa.DataType) -> Column:
        counted = {} if self.counts is None else {"distinct": len(self.counts), "values": _frequent(self.counts)}
        return _described(name, origin, kind, **self.known(kind), **counted)


class _Library:
    """Most stretches of a column share their words: these are looked at once, and only positions are counted."""

    def __init__(self, words: pa.Array) -> None:
        self.words = words
        self._counts = np.zeros(len(words), dtype=np.int64)

    def count(self, chunk: pa.DictionaryArray) -> None:
        there = chunk.indices if not chunk.null_count else chunk.indices.drop_null()
        self._counts += np.bincount(there.to_numpy(zero_copy_only=False), minlength=len(self.words))

    def counted(self) -> dict[Any, int]:
        counted: Counter[Any] = Counter()
        for word, count in zip(self.words.to_pylist(), self._counts.tolist(), strict=True):
            counted[word] += count
        return {word: count for word, count in counted.items() if word is not None}


def _frequent(counts: Counter[Any]) -> tuple[ValueCount, ...]:
    """Equally frequent ones in the order of their names, so that a profile is the same each time."""
    first = heapq.nsmallest(MOST_VALUES, counts.items(), key=lambda each: (-each[1], str(each[0])))
    return tuple(ValueCount(value, count) for value, count in first if len(str(value)) <= LONGEST_VALUE)


def _scalar(value: Any) -> Scalar:
    match value:
        case None | bool() | int() | str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return float(value) if math.isfinite(float(value)) else None
