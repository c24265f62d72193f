"""A large answer as a file."""

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import JsonValue

from neuroagent.tasks.circuit.export import ROWS_AT_ONCE, CsvExport, Export, ParquetExport
from neuroagent.tasks.circuit.sql.lines import Forged

COLUMNS = ("id", "share", "name", "is_exc", "total", "when", "parts")
TYPES = ("BIGINT", "DECIMAL(10,2)", "VARCHAR", "BOOLEAN", "HUGEINT", "DATE", "DOUBLE[]")
ROWS: list[list[JsonValue]] = [
    [1, 0.5, 'a "b", c\n', True, 2**70, "2024-01-01", [1.5, None]],
    [None, None, None, None, None, None, None],
]


def export(to: Export, rows: list[list[JsonValue]]) -> None:
    to.open(COLUMNS, TYPES)
    to.write(rows)
    to.close()


def test_parquet_has_types_and_nulls(tmp_path: Path) -> None:
    export(ParquetExport(tmp_path / "all.parquet"), ROWS)

    table = pq.read_table(tmp_path / "all.parquet")

    assert [str(kind) for kind in table.schema.types] == ["int64", "double", "string", "bool", *["string"] * 3]
    assert table.to_pylist() == [
        dict(zip(COLUMNS, [1, 0.5, 'a "b", c\n', True, str(2**70), "2024-01-01", "[1.5, null]"], strict=True)),
        dict.fromkeys(COLUMNS),
    ]


def test_parquet_is_written_a_stretch_at_a_time(tmp_path: Path) -> None:
    writer = ParquetExport(tmp_path / "all.parquet")
    writer.open(["n"], ["BIGINT"])
    for start in range(0, 3 * ROWS_AT_ONCE, 1_000):
        writer.write([[n] for n in range(start, start + 1_000)])
    writer.close()

    file = pq.ParquetFile(tmp_path / "all.parquet")

    assert file.num_row_groups == 3
    assert file.read().column("n").to_pylist() == list(range(3 * ROWS_AT_ONCE))


@pytest.mark.parametrize("value", ["text", 2**70, [1], {"a": 1}])
def test_a_value_of_another_type_is_forged(tmp_path: Path, value: JsonValue) -> None:
    writer = ParquetExport(tmp_path / "all.parquet")
    writer.open(["n"], ["BIGINT"])
    writer.write([[value]])

    with pytest.raises(Forged, match="type of its column"):
        writer.close()


def test_csv_reads_back(tmp_path: Path) -> None:
    export(CsvExport(tmp_path / "all.csv"), ROWS)

    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        heading, first, second = csv.reader(file)

    assert tuple(heading) == COLUMNS
    assert first == ["1", "0.5", 'a "b", c\n', "true", str(2**70), "2024-01-01", "[1.5, null]"]
    assert second == [""] * 7
