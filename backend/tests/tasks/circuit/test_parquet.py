"""A table as the one file that questions are put to."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from circuit_files import node_file, plain

from neuroagent.tasks.circuit.parquet import survey, write_and_survey, write_parquet
from neuroagent.tasks.circuit.sonata import NodeFiles, open_population
from neuroagent.tasks.circuit.table import STRETCH, Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return open_population(NodeFiles(node_file(tmp_path / "nodes.h5", plain, STRETCH + 5)), "p")


def test_the_file_has_what_the_table_has_in_stretches(table: Table, tmp_path: Path) -> None:
    write_parquet(table, tmp_path / "t")

    assert pq.read_table(tmp_path / "t").to_pydict() == table.whole().to_pydict()
    assert pq.read_metadata(tmp_path / "t").num_row_groups == 2


def test_only_the_columns_asked_for_are_written(table: Table, tmp_path: Path) -> None:
    write_parquet(table, tmp_path / "t", ["X"])

    assert pq.read_schema(tmp_path / "t").names == ["x"]


def test_counting_in_passing_counts_the_same(table: Table, tmp_path: Path) -> None:
    assert write_and_survey(table, tmp_path / "t").profile("p") == survey(table).profile("p")
    assert np.isclose(survey(table).profile("p").columns[-1].mean or 0, (STRETCH + 4) / 2)


def test_a_table_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    empty = open_population(NodeFiles(node_file(tmp_path / "nodes.h5", plain, 0)), "p")

    write_and_survey(empty, tmp_path / "t")

    assert pq.read_table(tmp_path / "t").column_names == ["node_id", "population", "mtype", "x"]
