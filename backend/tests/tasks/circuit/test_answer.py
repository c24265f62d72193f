"""An answer's table, shown as far as it goes and written to a file where it is larger."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue
from tasks.circuit.sql.population import make_population

from neuroagent.tasks.circuit.answer import Most, answer, unique
from neuroagent.tasks.circuit.sql.errors import SqlFailed
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Question

ALL = "SELECT node_id, mtype FROM neurons ORDER BY node_id"


class Shelf:
    """An export that remembers what it was given."""

    def __init__(self) -> None:
        self.heading: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self.rows: list[Sequence[JsonValue]] = []
        self.is_closed = False

    def open(self, columns: Sequence[str], types: Sequence[str]) -> None:
        self.heading = (tuple(columns), tuple(types))

    def write(self, rows: Sequence[Sequence[JsonValue]]) -> None:
        self.rows += rows

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture(scope="module")
def neurons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_population(tmp_path_factory.mktemp("population") / "neurons.parquet")


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail() as opened:
        yield opened


@pytest.fixture
def everything(neurons: Path) -> Question:
    return Question(ALL, str(neurons))


def test_rows_are_records(jail: Jail, everything: Question) -> None:
    answered = answer(jail, replace(everything, sql=ALL + " LIMIT 2"))

    assert answered.rows == ({"node_id": 0, "mtype": "L1_TPC"}, {"node_id": 1, "mtype": "L2_TPC"})
    assert (answered.columns, answered.types) == (("node_id", "mtype"), ("BIGINT", "VARCHAR"))
    assert (answered.row_count, answered.truncated, answered.rows_in_file) == (2, False, 0)


def test_more_rows_than_are_shown_are_counted(jail: Jail, everything: Question) -> None:
    answered = answer(jail, everything, Most(300, 1_000_000))

    assert len(answered.rows) == 300
    assert (answered.row_count, answered.truncated) == (5_000, True)


def test_more_bytes_than_are_shown_are_not_shown(jail: Jail, everything: Question) -> None:
    answered = answer(jail, everything, Most(1_000, 2_000))

    assert 50 < len(answered.rows) < 200
    assert (answered.row_count, answered.truncated) == (5_000, True)


@pytest.mark.parametrize("shown", [Most(300, 1_000_000), Most(256, 1_000_000), Most(1_000, 2_000), Most(0, 0)])
def test_the_export_has_all_rows_in_order(jail: Jail, everything: Question, shown: Most) -> None:
    shelf = Shelf()

    answered = answer(jail, everything, shown, shelf)

    assert [row[0] for row in shelf.rows] == list(range(5_000))
    assert shelf.heading == (answered.columns, answered.types)
    assert shelf.is_closed
    assert [row["node_id"] for row in answered.rows] == list(range(len(answered.rows)))
    assert len(answered.rows) <= shown.rows
    assert (answered.row_count, answered.truncated, answered.rows_in_file) == (5_000, True, 5_000)


def test_where_all_is_shown_the_export_stays_untouched(jail: Jail, everything: Question) -> None:
    shelf = Shelf()

    answered = answer(jail, everything, Most(5_000, 1_000_000), shelf)

    assert (answered.row_count, answered.truncated, len(answered.rows)) == (5_000, False, 5_000)
    assert (shelf.heading, shelf.is_closed) == (None, False)


def test_what_fails_on_the_way_closes_the_export(jail: Jail, everything: Question) -> None:
    shelf = Shelf()
    late = "SELECT CASE WHEN node_id < 4900 THEN 1 ELSE mtype::INTEGER END AS n FROM neurons"

    with pytest.raises(SqlFailed, match="Could not convert"):
        answer(jail, replace(everything, sql=late), Most(10, 1_000), shelf)

    assert shelf.is_closed or not shelf.rows


def test_names_that_come_twice_are_told_apart(jail: Jail, everything: Question) -> None:
    assert unique(["n", "n", "n_2", "n"]) == ("n", "n_3", "n_2", "n_4")
    assert answer(jail, replace(everything, sql="SELECT 1 AS n, 2 AS n")).rows == ({"n": 1, "n_2": 2},)
