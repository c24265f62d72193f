import os
import subprocess
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import SLEEPER
from processes import until

from neuroagent.launcher import processes, tether


def tethered(*command: str, parent: int | None = None) -> list[str]:
    return [sys.executable, "-I", "-S", str(tether.SCRIPT), str(parent or os.getpid()), *command]


def test_it_becomes_the_program() -> None:
    done = subprocess.run(tethered("/bin/echo", "a b", "c"), capture_output=True, check=True)

    assert done.stdout == b"a b c\n"


def test_the_program_can_be_interrupted_though_a_shell_had_that_ignored() -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    ignoring = 'trap "" INT; exec "$@"'

    done = subprocess.run(
        ["/bin/sh", "-c", ignoring, "sh", *tethered(sys.executable, "-c", program)], capture_output=True, check=False
    )

    assert b"KeyboardInterrupt" in done.stderr


def test_it_does_not_begin_when_the_launcher_is_gone() -> None:
    done = subprocess.run(tethered("/bin/echo", parent=1), capture_output=True, check=False)

    assert done.returncode == 1
    assert b"the launcher ended before its process began" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_when_the_launcher_is_killed_the_program_ends(tmp_path: Path) -> None:
    launcher = f"""
import os, subprocess, sys
command = [sys.executable, "-I", "-S", {str(tether.SCRIPT)!r}, str(os.getpid()), sys.executable, "-c", {SLEEPER!r}]
child = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
child.stdout.readline()
print(child.pid, flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", launcher], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        program = int(process.stdout.readline())
        process.kill()

    until(lambda: processes.find(program) is None, "the program has ended")
