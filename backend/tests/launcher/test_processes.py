import os
import subprocess
import sys
from pathlib import Path

from launcher.stand_ins import SLEEPER

from neuroagent.launcher import processes


def test_this_process_is_found_with_its_command_and_group() -> None:
    found = processes.find(os.getpid())

    assert found
    assert found.group == os.getpgrp()
    assert Path(sys.executable).name in found.command
    assert found == processes.find(os.getpid())


def test_every_process_is_listed_once() -> None:
    pids = [process.pid for process in processes.every()]

    assert pids.count(os.getpid()) == 1


def test_the_dead_are_not_found_even_before_they_are_buried() -> None:
    process = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL)

    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert processes.find(process.pid) is None
    process.wait()


def test_a_mark_in_the_environment_is_seen() -> None:
    marked = {**os.environ, "MARK": "of this test"}
    program = "print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], env=marked, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()  # by then it is the program, not the fork of this one

        assert processes.has_in_environment(process.pid, "MARK=of this test")
        assert not processes.has_in_environment(process.pid, "MARK=of this")
        process.kill()
