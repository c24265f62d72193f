"""Tables that are no circuit: Parquet, Arrow and CSV, as the same kind of table."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from neuroagent.tasks.circuit import naming
from neuroagent.tasks.circuit.errors import BadFile, TooLarge
from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.survey import column_type, is_text
from neuroagent.tasks.circuit.values import TEXT

MOST_COLUMNS: Final = 2_000
MOST_ROWS: Final = 500_000_000
SNIFFED: Final = 64_000
SEPARATORS: Final = (",", "\t", ";", "|")
STRETCH: Final = 122_880
NAME: Final = "table"


@dataclass(frozen=True)
class PlainTable:
    """Batches that come once each; `stretches` may be asked for again and again."""

    path: Path
    kind: str
    columns: tuple[tuple[str, str], ...]  # our name, the file's own
    skipped: tuple[Skipped, ...] = ()
    name: str = NAME

    def origins(self) -> list[str]:
        return [origin for _, origin in self.columns]

    def remarks(self) -> tuple[Skipped, ...]:
        return ()

    def stretches(self, names: Collection[str] | None = None) -> Iterator[pa.Table]:
        """At least one, so that a table without rows still has its columns."""
        wanted = None if names is None else {name.casefold() for name in names}
        columns = [each for each in self.columns if wanted is None or each[0].casefold() in wanted]
        ours, origins = [name for name, _ in columns], [origin for _, origin in columns]
        rows = 0
        for batch in _batches(self.path, self.kind, origins):
            yield pa.table([_plain(column) for column in batch.columns], names=ours)
            rows += batch.num_rows
        if not rows:
            schema = _schema(self.path, self.kind)
            empty = [_plain(pa.nulls(0, schema.field(origin).type)) for origin in origins]
            yield pa.table(empty, names=ours)


def open_table(path: Path, kind: str) -> PlainTable:
    try:
        schema = _schema(path, kind)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadFile(f"This {kind} file can't be read: {str(error).splitlines()[0][:200]}.") from error
    if len(schema) > MOST_COLUMNS:
        raise TooLarge(f"The table has {len(schema)} columns; at most {MOST_COLUMNS} are read.")
    odd = [field for field in schema if column_type(field.type) == "other"]
    read = [field.name for field in schema if field not in odd and schema.names.count(field.name) == 1]
    names = naming.column_names([(name,) for name in read])
    return PlainTable(path, kind, tuple((names[(name,)], name) for name in read), _left_out(schema, read))


def _left_out(schema: pa.Schema, read: list[str]) -> tuple[Skipped, ...]:
    return tuple(
        Skipped(field.name[:200], f"values of type {str(field.type)[:100]} are not read")
        if schema.names.count(field.name) == 1
        else Skipped(field.name[:200], "there are several columns of this name")
        for field in schema
        if field.name not in read
    )


def _schema(path: Path, kind: str) -> pa.Schema:
    match kind:
        case "parquet":
            return pq.read_schema(path)
        case "arrow":
            return _arrow(path).schema
        case _:
            return _csv(path).schema


def _batches(path: Path, kind: str, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    match kind:
        case "parquet":
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(STRETCH, columns=wanted)
        case "arrow":
            reader = _arrow(path)
            batches = (
                reader
                if not hasattr(reader, "num_record_batches")
                else map(reader.get_batch, range(reader.num_record_batches))
            )
            for batch in batches:
                yield batch.select(wanted)
        case _:
            for batch in _csv(path):
                yield batch.select(wanted)


def _arrow(path: Path) -> Any:
    """The file form, or the stream form, which has the same name."""
    source = pa.memory_map(str(path))
    try:
        return pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        return pa.ipc.open_stream(source)


def _csv(path: Path) -> Any:
    """Types as the first megabytes suggest; the separator that the first line has most of."""
    with path.open("rb") as file:
        first = file.read(SNIFFED).splitlines()[:1] or [b""]
    separator = max(SEPARATORS, key=lambda each: first[0].count(each.encode()))
    return pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=8 * 2**20, use_threads=False),
        parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(strings_can_be_null=True),
    )


def _plain(column: pa.Array) -> pa.Array:
    """Texts as positions in a dictionary, whatever they came as."""
    if not is_text(column.type):
        return column
    words = column.cast(pa.string())
    return words.dictionary_encode().cast(TEXT)
