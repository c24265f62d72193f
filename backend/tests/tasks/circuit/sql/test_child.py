"""One question, from its statement to its last row."""

from pathlib import Path

import pytest
from tasks.circuit.sql.population import ask

from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.sql.errors import QueryTookTooLong, QueryTooLarge, SqlFailed, UnsafeSql
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits, Question


@pytest.mark.parametrize(
    ("sql", "error", "said"),
    [
        ("SELECT nope FROM neurons", SqlFailed, '"nope" not found'),
        ("SELECT mtype::INTEGER FROM neurons", SqlFailed, "Could not convert"),
        ("SELECT getenv('HOME')", UnsafeSql, "getenv"),
    ],
)
def test_what_goes_wrong_is_said(jail: Jail, neurons: Path, sql: str, error: type[CircuitError], said: str) -> None:
    with pytest.raises(error, match=said):
        ask(jail, sql, neurons)


def test_what_takes_too_long_is_ended(jail: Jail, neurons: Path) -> None:
    endless = "SELECT count(*) FROM neurons a, neurons b, neurons c WHERE a.x < b.x * c.x"

    with pytest.raises(QueryTookTooLong, match=r"after 0\.5 seconds"):
        ask(jail, endless, neurons, Limits(seconds=0.5))


def test_what_needs_too_much_memory_is_ended(jail: Jail, neurons: Path) -> None:
    with pytest.raises(QueryTooLarge, match="its 100 MB"):
        ask(
            jail,
            "SELECT string_agg(a.mtype || b.mtype) FROM neurons a, neurons b",
            neurons,
            Limits(seconds=120, memory_bytes=100 << 20),
        )


def test_a_file_that_is_none_is_said_without_its_place(jail: Jail, tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")

    with pytest.raises(SqlFailed) as failed:
        ask(jail, "SELECT 1 FROM neurons", tmp_path / "broken.parquet")

    assert str(tmp_path) not in str(failed.value)


def test_a_table_has_the_name_that_was_asked_for(jail: Jail, neurons: Path) -> None:
    with jail.ask(Question("SELECT count(*) FROM Cells", str(neurons), table="cells")) as reply:
        assert list(reply.batches()) == [[[5_000]]]
