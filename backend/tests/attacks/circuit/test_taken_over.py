"""Engine and reader taken over: what is left is the wall, and behind it nothing is read, written or reached.

The attempts are those that the wall itself is tested with; a control without it shows that they are real.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Final

import pytest
from attacks.circuit.hostile import REFUSED
from tasks.circuit.sql.population import ask, make_population
from tasks.wall import hostile
from tasks.wall.hostile import SECRET, Surroundings, needs, surroundings

from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.reader.supervisor import start_plainly as start_reader_plainly
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits
from neuroagent.tasks.circuit.sql.standing import Start, start_plainly
from neuroagent.tasks.circuit.walls import jail_beside, start_reader
from neuroagent.tasks.wall.layers import Layer

HELD: Final = (
    "read_secret", "read_through_link", "list_root", "read_passwords", "write_file", "delete_secret",
    "change_secret_mode", "parents_environment", "list_processes", "tcp", "udp", "listen", "unix_path", "unix_abstract",
    "netlink", "fork", "run_program", "become_program_by_handle", "signal_parent", "signal_decoy", "signal_all",
    "signal_by_handle", "signal_by_owner", "trace", "read_memory_of_others", "memory_file", "shared_memory",
    "old_shared_memory", "mount", "new_user_namespace", "keyring", "kernel_program", "io_uring", "page_faults",
    "performance", "become_root", "outlive_parent", "gain_privileges", "type_into_terminal", "host_name",
)  # fmt: skip
REAL: Final = ("read_secret", "read_passwords", "list_processes", "tcp", "udp", "listen", "fork", "memory_file")

ATTEMPTS: Final = hostile.SCRIPT.read_text(encoding="utf-8").partition('if __name__ == "__main__"')[0]
NO_LOCK: Final = """
import duckdb
from neuroagent.tasks.circuit.sql import child, engine, warm
child.check = lambda tree, table: None
child.parse = lambda sql, engine, longest: (sql, {})
child.lock = lambda engine, question: None
engine.open_engine = lambda: duckdb.connect(":memory:", config={"threads": 1, "async_threads": 0})
"""
ANY_CODE: Final = """
def run(question, engine, send):
    told = {"send": send}
    exec(question.sql, told)
child._run = run
"""
NO_SEAL: Final = "child.seal = child.confine = lambda *_: None\n"
SERVE: Final = "warm.serve(0, 1)\n"
TRY: Final = """
TARGETS.update({targets!r})
send({{"columns": ["result"], "types": ["VARCHAR"]}})
for name in {names!r}:
    send({{"rows": [[name + ": " + attempt(name)]]}})
send({{"row_count": 1, "truncated": False, "seconds": 0.1}})
"""
READ: Final = """
TARGETS.update({targets!r})
print(json.dumps([name + ": " + attempt(name) for name in {names!r}]))
"""


@pytest.fixture
def around() -> Iterator[Surroundings]:
    """Not in pytest's own folder, which is closed to other users: these attacks are to be held by the wall."""
    with tempfile.TemporaryDirectory() as folder, surroundings(Path(folder)) as things:
        (things.folder / "neurons.parquet").touch()
        make_population(things.folder / "neurons.parquet").chmod(0o644)
        yield things


def jail(code: str, start: Start) -> Jail:
    return Jail(lambda _: start([sys.executable, "-I", "-c", f"{NO_LOCK}{code}{SERVE}"]))


def tried(opened: Jail, around: Surroundings, names: tuple[str, ...]) -> list[str]:
    code = ATTEMPTS + TRY.format(targets=around.targets, names=names)
    return [row[0] for row in ask(opened, code, around.folder / "neurons.parquet", Limits(seconds=60)).rows]


def granted(results: list[str]) -> list[str]:
    return [result for result in results if ": denied" not in result]


@pytest.mark.parametrize("family", ["files", "network"])
def test_an_engine_without_its_lock_gets_nothing(family: str, around: Surroundings) -> None:
    needs(*Layer)
    (around.folder / "secret.csv").write_text(SECRET, encoding="utf-8")
    neurons, port = around.folder / "neurons.parquet", around.targets["tcp"]
    before = sorted(around.folder.iterdir())

    with jail("", jail_beside(around.folder)) as opened:
        for statement in REFUSED[family]:
            filled = statement.format(
                file=around.folder / "secret.csv", folder=around.folder, port=port, neurons=neurons
            )
            try:
                said = str(ask(opened, filled, neurons, Limits(seconds=20)))
            except CircuitError as error:
                said = str(error)
            assert SECRET not in said, statement
            assert "root:" not in said, statement

    assert sorted(around.folder.iterdir()) == before
    assert around.heard() == []


def test_without_the_wall_that_engine_reads_the_neighbour_s_table(around: Surroundings) -> None:
    """The control: what the test above holds is there to be had."""
    neurons = around.folder / "neurons.parquet"
    with jail(NO_SEAL, start_plainly) as opened:
        told = ask(opened, f"SELECT content FROM read_text('{around.folder / 'secret'}')", neurons)

    assert told.rows == [[SECRET]]


def test_whoever_breaks_out_of_the_engine_gets_nothing(around: Surroundings) -> None:
    needs(*Layer)
    with jail(ANY_CODE, jail_beside(around.folder)) as opened:
        results = tried(opened, around, HELD)

        assert granted(results) == []
        assert len(results) == len(HELD)
        assert around.heard() == []
        assert (around.folder / "secret").read_text(encoding="utf-8") == SECRET


def test_a_fork_seals_itself_where_nothing_is_around_it(around: Surroundings) -> None:
    needs(Layer.LANDLOCK, Layer.SECCOMP)
    names = ("read_secret", "read_passwords", "list_root", "write_file", "tcp", "fork", "run_program", "memory_file")

    with jail(ANY_CODE, start_plainly) as opened:
        assert granted(tried(opened, around, names)) == []


def test_without_seal_and_wall_the_attempts_succeed(around: Surroundings) -> None:
    with jail(ANY_CODE + NO_SEAL, start_plainly) as opened:
        results = tried(opened, around, REAL)

    assert len(granted(results)) == len(REAL), results


def heard(process: "Popen[bytes]") -> list[str]:
    with process:
        assert process.stdout is not None
        results: list[str] = json.loads(process.stdout.read())
    return results


def test_whoever_breaks_out_of_the_reader_gets_nothing(around: Surroundings) -> None:
    needs(*Layer)
    folder = around.folder / "reader"
    folder.mkdir(mode=0o700)
    command = [sys.executable, "-I", "-c", ATTEMPTS + READ.format(targets=around.targets, names=HELD)]

    assert granted(heard(start_reader(command, folder))) == []

    assert around.heard() == []
    assert (around.folder / "secret").read_text(encoding="utf-8") == SECRET
    assert not (around.folder / "planted").exists()


def test_without_the_wall_a_reader_s_attempts_succeed(around: Surroundings) -> None:
    folder = around.folder / "reader"
    folder.mkdir(mode=0o700)
    command = [sys.executable, "-I", "-c", ATTEMPTS + READ.format(targets=around.targets, names=REAL)]

    results = heard(start_reader_plainly(command, folder))

    assert len(granted(results)) == len(REAL), results


def test_a_reader_can_t_leave_links_for_the_worker_to_follow(around: Surroundings) -> None:
    needs(Layer.SECCOMP)
    folder = around.folder / "reader"
    folder.mkdir(mode=0o700)
    code = "import os, sys\nos.symlink('/etc/passwd', sys.argv[1] + '/table.parquet')"

    with start_reader([sys.executable, "-I", "-c", code], folder) as process:
        assert process.stdout is not None
        process.stdout.read()

    assert [path.name for path in folder.iterdir()] == [".trouble"]


def test_what_a_reader_needs_it_gets(around: Surroundings) -> None:
    """Else what it doesn't get would mean nothing."""
    folder = around.folder / "reader"
    folder.mkdir(mode=0o700)
    code = "import os, sys\nos.chdir(sys.argv[1])\nopen('mine', 'w').write('x')\nprint(os.listdir())"

    with start_reader([sys.executable, "-I", "-c", code], folder) as process:
        assert process.stdout is not None
        assert b"mine" in process.stdout.read()
