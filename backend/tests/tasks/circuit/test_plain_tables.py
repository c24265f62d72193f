"""Tables that are no circuit: Parquet, Arrow and CSV."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from neuroagent.tasks.circuit import plain_tables
from neuroagent.tasks.circuit.errors import BadFile, TooLarge
from neuroagent.tasks.circuit.plain_tables import PlainTable, open_table


def rows(table: PlainTable, names: list[str] | None = None) -> dict[str, list[Any]]:
    together = pa.concat_tables(table.stretches(names), promote_options="permissive")
    read: dict[str, list[Any]] = together.to_pydict()
    return read


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_columns_are_named_plainly_and_remember_where_they_come_from(tmp_path: Path) -> None:
    table = open_table(parquet(tmp_path / "t", **{"a b": [1], "A_B": [2]}), "parquet")

    assert rows(table) == {"a_b": [1], "A_B_2": [2]}
    assert table.origins() == ["a b", "A_B"]


def test_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    assert rows(open_table(parquet(tmp_path / "t", a=[1], b=[2]), "parquet"), ["B"]) == {"b": [2]}


def test_types_that_questions_do_not_reach_into_are_left_out(tmp_path: Path) -> None:
    table = open_table(parquet(tmp_path / "t", a=[1], nested=[{"x": 1}], raw=[b"x"]), "parquet")

    assert rows(table) == {"a": [1]}
    assert [each.what for each in table.skipped] == ["nested", "raw"]


def test_a_table_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    assert rows(open_table(parquet(tmp_path / "t", a=pa.array([], pa.string())), "parquet")) == {"a": []}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_of_a_csv_is_found(tmp_path: Path, separator: str) -> None:
    (tmp_path / "t").write_text(f'name{separator}n\n"a{separator}b"{separator}1\n', encoding="utf-8")

    assert rows(open_table(tmp_path / "t", "csv")) == {"name": [f"a{separator}b"], "n": [1]}


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_what_is_not_of_its_kind_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "t").write_bytes(b"not a table at all")

    with pytest.raises(BadFile, match=f"This {kind} file can't be read"):
        open_table(tmp_path / "t", kind)


def test_a_table_may_be_too_wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_tables, "MOST_COLUMNS", 1)

    with pytest.raises(TooLarge, match="2 columns; at most 1"):
        open_table(parquet(tmp_path / "t", a=[1], b=[2]), "parquet")
