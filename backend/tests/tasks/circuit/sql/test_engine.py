"""The lock, without the list in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from neuroagent.tasks.circuit.sql.engine import Engine, lock, open_engine, show_table
from neuroagent.tasks.circuit.sql.question import Limits, Question


@contextmanager
def locked_engine(neurons: Path, limits: Limits) -> Iterator[Engine]:
    question = Question("", str(neurons), limits=limits)
    with open_engine() as engine:
        lock(engine, question)
        show_table(engine, question)
        yield engine


@pytest.fixture
def locked(neurons: Path) -> Iterator[Engine]:
    with locked_engine(neurons, Limits()) as engine:
        yield engine


def test_the_one_table_is_there(locked: Engine) -> None:
    assert locked.execute("SELECT count(*) FROM neurons").fetchone() == (5_000,)


def test_a_path_and_a_name_are_no_sql_and_no_pattern(neurons: Path, tmp_path: Path) -> None:
    odd = tmp_path / "it's [1]*?; DROP" / "neurons.parquet"
    odd.parent.mkdir()
    odd.write_bytes(neurons.read_bytes())
    question = Question("", str(odd), table='o"dd; --')

    with open_engine() as engine:
        lock(engine, question)
        show_table(engine, question)

        assert engine.execute('SELECT count(*) FROM "o""dd; --"').fetchone() == (5_000,)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{here}/secret')",
        "SELECT * FROM read_parquet('{here}/other.parquet')",
        "SELECT * FROM glob('{here}/*')",
        "COPY neurons TO '{here}/taken.csv'",
        "ATTACH '{here}/taken.db'",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
        "SET allowed_paths = ['{here}/secret']",
        "RESET lock_configuration",
        "LOAD httpfs",
        "INSTALL httpfs",
    ],
)
def test_nothing_else_is(locked: Engine, neurons: Path, tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret").write_text("hidden")
    (tmp_path / "other.parquet").write_bytes(neurons.read_bytes())

    with pytest.raises(duckdb.Error):
        locked.execute(sql.format(here=tmp_path)).fetchall()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.parquet", "secret"]


def test_a_variable_of_ours_isnt_a_table(locked: Engine) -> None:
    stolen = [1]

    with pytest.raises(duckdb.Error, match="stolen"):
        locked.execute("SELECT * FROM stolen")
    assert stolen == [1]


def test_time_is_limited(neurons: Path) -> None:
    with locked_engine(neurons, Limits(seconds=0.2)) as engine, pytest.raises(duckdb.InterruptException):
        engine.execute("SELECT count(*) FROM neurons a, neurons b, neurons c WHERE a.x * b.x < c.x").fetchall()


def test_memory_is_limited(neurons: Path) -> None:
    limits = Limits(seconds=120, memory_bytes=64 << 20)

    with locked_engine(neurons, limits) as engine, pytest.raises(duckdb.OutOfMemoryException):
        engine.execute("SELECT array_agg(a.mtype || b.x) FROM neurons a, neurons b").fetchall()
