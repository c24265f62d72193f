"""What the operating system holds a child to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFINED = """
import os, resource
from neuroagent.tasks.circuit.sql.cage import confine, in_use
from neuroagent.tasks.circuit.sql.question import Limits
confine(Limits(seconds=1, memory_bytes=64 << 20), in_use())
"""
needs_statm = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc to see the memory by")


def run_confined(code: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-c", CONFINED + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_no_file_grows(tmp_path: Path) -> None:
    ended = run_confined(f"open({str(tmp_path / 'new')!r}, 'w', buffering=1).write('x\\n')")

    assert "File too large" in ended.stderr
    assert (tmp_path / "new").read_text() == ""


@needs_statm
def test_memory_ends() -> None:
    assert "MemoryError" in run_confined("bytearray(400 << 20)").stderr
    assert run_confined("bytearray(200 << 20)").returncode == 0


def test_computing_ends() -> None:
    assert run_confined("while True: pass").returncode < 0


def test_nothing_of_the_environment_is_left() -> None:
    assert run_confined("print(dict(os.environ))").stdout == "{}\n"


def test_a_stricter_limit_from_outside_stays() -> None:
    before = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))"
    told = subprocess.run(
        [sys.executable, "-I", "-c", f"{before}\n{CONFINED}\nprint(resource.getrlimit(resource.RLIMIT_NOFILE))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ,
    )

    assert told.stdout == "(20, 20)\n"
