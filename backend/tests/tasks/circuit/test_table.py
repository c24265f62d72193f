"""One table of columns that are read when somebody asks."""

import numpy as np
import pytest

from neuroagent.tasks.circuit.table import Column, Table
from neuroagent.tasks.circuit.values import Mapped, Numbers, RowNumbers

COLUMNS = (Column("id", "row number", RowNumbers()), Column("x", "x", Numbers(Mapped(np.arange(5.0)))))


def test_stretches_together_are_the_whole_and_each_is_let_go() -> None:
    let_go: list[int] = []
    table = Table("p", 5, COLUMNS, forget=lambda: let_go.append(1))

    assert [stretch.num_rows for stretch in table.stretches(rows=2)] == [2, 2, 1]
    assert len(let_go) == 3
    assert table.whole().to_pydict() == {"id": [0, 1, 2, 3, 4], "x": [0.0, 1.0, 2.0, 3.0, 4.0]}


@pytest.mark.parametrize(("names", "expected"), [(None, ["id", "x"]), (["X"], ["x"]), (["y"], []), ([], [])])
def test_only_the_columns_asked_for_are_read(names: list[str] | None, expected: list[str]) -> None:
    assert [column.name for column in Table("p", 5, COLUMNS).only(names)] == expected


def test_it_gives_its_file_back() -> None:
    closed: list[int] = []

    with Table("p", 5, COLUMNS, close=lambda: closed.append(1)) as table:
        assert table.origins() == ["row number", "x"]

    assert closed == [1]
