"""A large answer as a file: Parquet for programs, CSV for spreadsheets."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import JsonValue

from neuroagent.tasks.circuit.sql.lines import Forged

ROWS_AT_ONCE: Final = 20_000
WHOLE: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
FRACTIONS: Final = ("DOUBLE", "FLOAT", "DECIMAL")


class Export(Protocol):
    """Opened once, before the first rows; closed only when it was opened."""

    def open(self, columns: Sequence[str], types: Sequence[str]) -> None: ...

    def write(self, rows: Sequence[Sequence[JsonValue]]) -> None: ...

    def close(self) -> None: ...


class ParquetExport:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[Sequence[JsonValue]] = []
        self._schema = pa.schema([])

    def open(self, columns: Sequence[str], types: Sequence[str]) -> None:
        self._schema = pa.schema([(name, _type(kind)) for name, kind in zip(columns, types, strict=True)])
        self._writer = pq.ParquetWriter(self._path, self._schema, compression="snappy")

    def write(self, rows: Sequence[Sequence[JsonValue]]) -> None:
        self._waiting += rows
        if len(self._waiting) >= ROWS_AT_ONCE:
            self._flush()

    def close(self) -> None:
        if self._writer is not None:
            self._flush()
            self._writer.close()

    def _flush(self) -> None:
        if self._writer is None or not self._waiting:
            return
        arrays = [
            _array(values, kind)
            for values, kind in zip(zip(*self._waiting, strict=True), self._schema.types, strict=True)
        ]
        self._writer.write_table(pa.table(arrays, schema=self._schema))
        self._waiting.clear()


class CsvExport:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def open(self, columns: Sequence[str], types: Sequence[str]) -> None:  # noqa: ARG002 - CSV knows no types
        self._file = self._path.open("w", encoding="utf-8", newline="")
        csv.writer(self._file).writerow(columns)

    def write(self, rows: Sequence[Sequence[JsonValue]]) -> None:
        if self._file is not None:
            csv.writer(self._file).writerows([_written(value) for value in row] for row in rows)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _type(sql_type: str) -> pa.DataType:
    """What has no plain counterpart is text, a list or a struct as JSON."""
    if sql_type in WHOLE:
        return pa.int64()
    if sql_type.startswith(FRACTIONS) and not sql_type.endswith("]"):
        return pa.float64()
    return pa.bool_() if sql_type == "BOOLEAN" else pa.string()


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(map(_text, values) if kind == pa.string() else values, type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise Forged(f"A value doesn't have the type of its column: {error}") from None


def _text(value: JsonValue) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _written(value: JsonValue) -> JsonValue:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | bool) else value
