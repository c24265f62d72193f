"""A table as the one file that questions are put to: written a stretch at a time, read by columns."""

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from neuroagent.tasks.circuit.survey import Survey
from neuroagent.tasks.circuit.table import Readable

COMPRESSION: Final = "snappy"


def write_parquet(table: Readable, to: Path, names: Collection[str] | None = None) -> int:
    """Only these columns, or all; the file's size."""
    return _write(table.stretches(names), to, None)


def write_and_survey(table: Readable, to: Path) -> Survey:
    """All columns, counted while they are written: the values are read once."""
    stretches = iter(table.stretches())
    first = next(stretches)
    survey = Survey(first.schema, table.origins())
    _write(_chained(first, stretches), to, survey)
    return survey


def survey(table: Readable) -> Survey:
    """Counted without being written."""
    counted: Survey | None = None
    for stretch in table.stretches():
        counted = counted or Survey(stretch.schema, table.origins())
        counted.add(stretch)
    if counted is None:
        raise RuntimeError("a table has at least one stretch")
    return counted


def _write(stretches: Iterable[pa.Table], to: Path, survey: Survey | None) -> int:
    writer: Any = None
    try:
        with ThreadPoolExecutor(1, "counting") as beside:
            for stretch in stretches:
                writer = writer or _writer(to, stretch.schema)
                counted = beside.submit(survey.add, stretch) if survey is not None else None
                writer.write_table(stretch)
                if counted is not None:
                    counted.result()  # before the next: two stretches at once would be memory for two
    finally:
        if writer is not None:
            writer.close()
    return to.stat().st_size


def _writer(to: Path, schema: pa.Schema) -> Any:
    """Dictionaries for texts alone: numbers hardly repeat, and looking for repeats is most of the work."""
    texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    options = {"compression": COMPRESSION, "store_schema": False, "write_statistics": False}
    return pq.ParquetWriter(to, schema, use_dictionary=texts, **options)


def _chained(first: pa.Table, rest: Iterable[pa.Table]) -> Iterable[pa.Table]:
    yield first
    yield from rest
