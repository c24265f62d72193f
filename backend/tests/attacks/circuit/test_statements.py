"""Hostile statements: nothing is read, written or reached, nothing is stuck, and the next question is answered."""

import os
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from time import monotonic

import pytest
from attacks.circuit.hostile import BOMBS, REFUSED, SHAPES
from tasks.circuit.sql.population import Answered, ask, make_population

from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.sql.errors import QueryTookTooLong, QueryTooLarge, SqlFailed, UnsafeSql
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits
from neuroagent.tasks.circuit.sql.standing import start_plainly

SECRET = "marzipan"
LIMITS = Limits(seconds=1.5, memory_bytes=200 << 20)
SHORT = Limits(seconds=0.4, memory_bytes=200 << 20)
STUCK = 30.0  # seconds: far beyond every limit, as the machine may be busy
WITHOUT_THE_LIST = """
import sys
from neuroagent.tasks.circuit.sql import child, warm
child.check = lambda tree, table: None
child.parse = lambda sql, engine, longest: (sql, {})
warm.serve(0, 1)
"""


@dataclass(frozen=True)
class Ground:
    """What an attacker would like to have: a file to read, a folder to write to, a port that listens."""

    folder: Path
    neurons: Path
    listener: socket.socket

    def fill(self, statement: str) -> str:
        port = self.listener.getsockname()[1]
        return statement.format(file=self.folder / "secret.csv", folder=self.folder, port=port, neurons=self.neurons)

    def assert_untouched(self) -> None:
        assert sorted(path.name for path in self.folder.iterdir()) == ["neurons.parquet", "secret.csv"]
        assert (self.folder / "secret.csv").read_text(encoding="utf-8") == SECRET
        with pytest.raises(BlockingIOError):
            self.listener.accept()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    (folder / "secret.csv").write_text(SECRET, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Ground(folder, make_population(folder / "neurons.parquet"), listener)


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    os.environ["SECRET"] = SECRET
    with Jail() as opened:
        yield opened
    del os.environ["SECRET"]


@pytest.fixture(scope="module")
def jail_without_the_list() -> Iterator[Jail]:
    """The engine's lock and the child's cage on their own."""

    def start(command: Sequence[str]) -> "Popen[bytes]":
        return start_plainly([sys.executable, "-I", "-c", WITHOUT_THE_LIST])

    with Jail(start) as opened:
        yield opened


def attempt(jail: Jail, ground: Ground, statement: str, limits: Limits = LIMITS) -> Answered | CircuitError:
    """What came of it, within its time; nothing of the secret is in it."""
    started = monotonic()
    outcome: Answered | CircuitError
    try:
        outcome = ask(jail, ground.fill(statement), ground.neurons, limits)
    except CircuitError as error:
        outcome = error
    assert monotonic() - started < STUCK
    assert SECRET not in str(outcome)
    return outcome


def assert_serves(jail: Jail, ground: Ground) -> None:
    answered = ask(jail, "SELECT count(*), sum(node_id) FROM neurons", ground.neurons)
    assert answered.rows == [[5_000, 12_497_500]]


@pytest.mark.parametrize("family", REFUSED)
def test_it_is_refused_and_nothing_happens(jail: Jail, ground: Ground, family: str) -> None:
    for statement in REFUSED[family]:
        outcome = attempt(jail, ground, statement)

        assert isinstance(outcome, UnsafeSql | SqlFailed), statement
    ground.assert_untouched()
    assert_serves(jail, ground)


@pytest.mark.parametrize("family", [name for name in REFUSED if name not in {"catalogue", "SQL in SQL", "settings"}])
def test_without_the_list_the_lock_and_the_cage_hold(jail_without_the_list: Jail, ground: Ground, family: str) -> None:
    for statement in REFUSED[family]:
        attempt(jail_without_the_list, ground, statement, SHORT)

    ground.assert_untouched()
    assert_serves(jail_without_the_list, ground)


@pytest.mark.parametrize("statement", BOMBS, ids=lambda statement: statement[:60])
def test_a_bomb_is_ended(jail: Jail, ground: Ground, statement: str) -> None:
    outcome = attempt(jail, ground, statement)

    if isinstance(outcome, Answered):
        assert len(outcome.rows) <= LIMITS.rows
    else:
        assert isinstance(outcome, QueryTookTooLong | QueryTooLarge), outcome
    assert_serves(jail, ground)


def test_odd_shapes_are_answered_or_refused(jail: Jail, ground: Ground) -> None:
    for statement in SHAPES:
        attempt(jail, ground, statement)

        assert_serves(jail, ground)


def test_there_are_enough_of_them() -> None:
    assert sum(map(len, REFUSED.values())) + len(BOMBS) + len(SHAPES) >= 200
