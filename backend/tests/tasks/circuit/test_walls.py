"""The wall around readers and the process that runs statements: behind it they still do their work."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from circuit_files import node_file, plain
from tasks.circuit.sql.population import ask, make_population

from neuroagent.task_schemas.errors import Retryable
from neuroagent.tasks.circuit.reader.supervisor import Reader
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.walls import jail_beside, say_what_is_missing, start_reader
from neuroagent.tasks.wall.layers import Layer
from neuroagent.tasks.wall.wall import Wall


@pytest.fixture
def tables() -> Iterator[Path]:
    """Not below pytest's own folder, which is closed to other users."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        make_population(Path(folder, "neurons.parquet")).chmod(0o644)
        yield Path(folder)


def test_questions_are_answered_one_after_the_other_by_the_same_process(tables: Path) -> None:
    with Jail(jail_beside(tables)) as jail:
        for _ in range(3):
            assert ask(jail, "SELECT count(*) FROM neurons", tables / "neurons.parquet").rows == [[5_000]]
        first = jail._standing
        assert ask(jail, "SELECT max(traced_on) FROM neurons", tables / "neurons.parquet").rows
        assert jail._standing is first


def test_a_reader_reads_a_node_file(tmp_path: Path) -> None:
    written = node_file(tmp_path / "nodes.h5", plain)

    with Reader(start_reader, tmp_path) as reader:
        given = reader.folder / "given"
        given.write_bytes(written.read_bytes())
        given.chmod(0o644)
        population = next(iter(reader.open("given", "nodes").populations))
        table, profile = reader.store(population, "table.parquet")

        assert table.stat().st_size > 0
        assert profile.rows > 0


def test_what_cannot_be_started_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(Retryable, match="Nothing could be started"):
        jail_beside(tmp_path)(["no-such-program"])


def test_each_layer_that_the_machine_doesnt_give_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    missing = [one.layer for one in Wall().survey() if not one.stands]

    with caplog.at_level(logging.WARNING):
        say_what_is_missing()

    said = [record for record in caplog.records if record.message == "circuit.wall_layer_missing"]
    assert len(said) >= len(missing)
    assert len({record.layer for record in said}) == len(said) <= len(Layer)  # type: ignore[attr-defined]  # from `extra`
