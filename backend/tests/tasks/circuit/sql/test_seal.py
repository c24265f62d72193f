"""What the child puts up around itself."""

import subprocess
import sys
from pathlib import Path

from tasks.wall.hostile import needs

from neuroagent.tasks.wall.layers import Layer

SEALED = """
import os, socket, subprocess, sys, threading
from neuroagent.tasks.circuit.sql.seal import prepare, seal
prepare(os.getppid())
seal(sys.argv[1])
"""


def run_sealed(path: Path, code: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-c", SEALED + code, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_one_file_can_be_read_and_the_one_beside_it_not(tmp_path: Path) -> None:
    needs(Layer.LANDLOCK)
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.write_text("mine")
    other.write_text("other")

    assert run_sealed(mine, "print(open(sys.argv[1]).read())").stdout == "mine\n"
    assert "PermissionError" in run_sealed(mine, f"open({str(other)!r})").stderr
    assert "PermissionError" in run_sealed(mine, f"os.listdir({str(tmp_path)!r})").stderr


def test_nothing_is_started_and_nobody_is_called(tmp_path: Path) -> None:
    needs(Layer.SECCOMP)
    for code in ("os.fork()", "socket.socket()", "os.execv('/bin/true', ['true'])", "os.kill(os.getppid(), 0)"):
        assert "Error: [Errno" in run_sealed(tmp_path, code).stderr, code


def test_what_python_loads_late_is_still_there(tmp_path: Path) -> None:
    ended = run_sealed(tmp_path, "import decimal, zoneinfo; print(zoneinfo.ZoneInfo('UTC'), decimal.Decimal('1'))")

    assert ended.stdout == "UTC 1\n", ended.stderr
