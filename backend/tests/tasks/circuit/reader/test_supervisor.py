"""Starts readers, gives them time, and believes nothing they say."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic

import pyarrow.parquet as pq
import pytest
from circuit_files import node_file, plain, tar_of

from neuroagent.tasks.circuit.errors import BadFile, PopulationNotFound, TookTooLong
from neuroagent.tasks.circuit.making.__main__ import make
from neuroagent.tasks.circuit.making.writing import Plan
from neuroagent.tasks.circuit.reader.supervisor import Reader, start_plainly

Impostor = Callable[[str], Reader]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with Reader(within=tmp_path) as opened:
        yield opened


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[Impostor]:
    """A process that says something else than a reader would."""
    opened: list[Reader] = []

    def start(program: str) -> Reader:
        def started(_: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
            return start_plainly((sys.executable, "-I", "-c", PREAMBLE + program), folder)

        opened.append(Reader(started, tmp_path, patience=5.0))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


PREAMBLE = """
import os, struct, sys, time
def say(body, kind=b"J", length=None):
    os.write(1, struct.pack("!cI", kind, len(body) if length is None else length) + body)
os.read(0, 5)
"""


def pieces(path: Path, size: int = 1_000) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(size):
            yield piece


def test_an_archive_becomes_a_profile_and_a_table(reader: Reader, tmp_path: Path) -> None:
    archive = make(Plan(nodes=500, projecting=50), tmp_path / "circuit.gz")

    reader.unpack(pieces(archive))
    populations = reader.populations().populations
    stored, profile = reader.store("S1_neurons", "all.parquet")
    some = reader.write("S1_neurons", "some.parquet", ["MTYPE", "x"])

    assert populations == {"S1_neurons": 500, "VPM_fibres": 50}
    assert profile == reader.survey("S1_neurons")
    assert profile.rows == pq.read_metadata(stored).num_rows == 500
    assert pq.read_schema(stored).names == [column.name for column in profile.columns]
    assert pq.read_schema(some).names == ["x", "mtype"] or pq.read_schema(some).names == ["mtype", "x"]


def test_a_reader_stops_listening_once_it_has_all_it_needs(reader: Reader, tmp_path: Path) -> None:
    config = json.dumps({"networks": {"nodes": [{"nodes_file": "nodes.h5"}]}}).encode()
    nodes = node_file(tmp_path / "nodes.h5", plain).read_bytes()
    archive = tar_of(
        tmp_path / "c.tar", [("circuit_config.json", config), ("nodes.h5", nodes), ("e", b"e" * 40_000_000)], "w"
    )
    given = 0

    def counted() -> Iterator[bytes]:
        nonlocal given
        for piece in pieces(archive, 100_000):
            given += len(piece)
            yield piece

    reader.unpack(counted())

    assert given < 30_000_000
    assert reader.survey("p").rows == 6


def test_a_file_that_is_no_archive_is_opened_by_its_kind(reader: Reader) -> None:
    node_file(reader.folder / "nodes", plain)
    (reader.folder / "table").write_text("name,age\nAnn,3\n,4\n", encoding="utf-8")

    assert reader.open("nodes", "nodes").populations == {"p": 6}
    reader.open("table", "csv")
    name, age = reader.survey("table").columns

    assert (name.type, name.missing, [each.value for each in name.values]) == ("text", 1, ["Ann"])
    assert (age.type, age.minimum, age.maximum) == ("integer", 3, 4)


def test_a_refusal_of_the_reader_arrives_as_it_was_meant(reader: Reader) -> None:
    node_file(reader.folder / "nodes", plain)
    reader.open("nodes", "nodes")

    with pytest.raises(PopulationNotFound, match="this circuit has p"):
        reader.survey("q")
    assert reader.survey("p").rows == 6, "it goes on afterwards"


@pytest.mark.parametrize(
    "program",
    [
        "",
        "say(b'nonsense')",
        "say(b'{}', kind=b'X')",
        "say(b'', length=2**32 - 1)",
        "say(b'[]')",
        """say(b'{"ok": 3}')""",
        """say(b'{"ok": {"populations": {"p": "many"}}}')""",
        """say(b'{"ok": {"populations": {}, "more": 1}}')""",
        "os.write(1, b'xy')",
        "os.kill(os.getpid(), 9)",
        "say(b'[' * 100_000)",
    ],
)
def test_whatever_else_a_reader_says_is_a_bad_file(impostor: Impostor, program: str) -> None:
    reader = impostor(program)

    with pytest.raises(BadFile, match="given to a reader"):
        reader.populations()
    assert not reader.is_alive


def test_a_table_that_is_a_link_is_not_taken(impostor: Impostor) -> None:
    reader = impostor("""os.symlink("/etc/passwd", "out"); say(b'{"ok": {"bytes": 1}}')""")

    with pytest.raises(BadFile, match="didn't write the table"):
        reader.write("p", "out")


def test_a_reader_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    def hanging(_: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
        program = f"""
import subprocess, sys, time
started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(pid)!r}, "w").write(str(started.pid))
time.sleep(60)
"""
        return start_plainly((sys.executable, "-I", "-c", program), folder)

    reader = Reader(hanging, tmp_path, patience=3.0)

    with pytest.raises(TookTooLong, match="longer than 3 s"):
        reader.populations()
    assert not reader.folder.exists()
    deadline = monotonic() + 30
    while is_running(int(pid.read_text())):  # it has its signal; a busy machine takes its time to let it die
        assert monotonic() < deadline


def is_running(pid: int) -> bool:
    """Not so for one that has died and that nobody has asked about yet."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_reader_has_nothing_of_ours_in_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKS_LLM__API_KEY", "s3cret")

    with Reader(within=tmp_path) as reader:
        environment = Path(f"/proc/{reader.pid}/environ")
        if not environment.exists():
            pytest.skip("this system doesn't show a process's environment")
        assert b"s3cret" not in environment.read_bytes()
