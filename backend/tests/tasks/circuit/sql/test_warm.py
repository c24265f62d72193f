"""The process that stands ready: whatever a fork of it does, it serves the next question."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen

import pytest
from tasks.circuit.sql.population import ask

from neuroagent.tasks.circuit.sql.errors import QueryTookTooLong, QueryTooLarge
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits
from neuroagent.tasks.circuit.sql.standing import start_plainly

TAKEN_OVER = """
import os, signal, time
from neuroagent.tasks.circuit.sql import child, warm
answer = child.answer
def taken_over(question, engine, tell, resting):
    if question.sql.startswith("SELECT"):
        return answer(question, engine, tell, resting)
    exec(question.sql, globals() | {"pipe": tell.args[0]})
child.answer = taken_over
warm.serve(0, 1)
"""


def start(command: Sequence[str]) -> "Popen[bytes]":
    return start_plainly([sys.executable, "-I", "-c", TAKEN_OVER])


@pytest.mark.parametrize(
    ("code", "seconds", "error"),
    [
        ("time.sleep(600)", 0.3, QueryTookTooLong),
        ("os.kill(os.getpid(), signal.SIGSEGV)", 60, QueryTooLarge),
        ("os.kill(os.getpid(), signal.SIGXCPU)", 60, QueryTookTooLong),
        ("os._exit(3)", 60, QueryTooLarge),
        ("os.close(pipe); time.sleep(600)", 60, QueryTooLarge),
        ("while True: os.write(pipe, b'x' * 60_000)", 60, QueryTooLarge),
    ],
)
def test_a_fork_taken_over_is_ended_and_the_process_stays(
    neurons: Path, code: str, seconds: float, error: type[Exception]
) -> None:
    with Jail(start) as jail:
        ask(jail, "SELECT 1", neurons)
        before = jail._standing
        with pytest.raises(error):
            ask(jail, code, neurons, Limits(seconds=seconds))

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]
        assert jail._standing is before


def test_a_fork_cant_speak_for_the_one_that_stands_ready(neurons: Path) -> None:
    forging = """
for descriptor in {*range(64)} - {pipe}:
    try:
        os.write(descriptor, b"forged")
    except OSError:
        pass
"""

    with Jail(start) as jail:
        ask(jail, "SELECT 1", neurons)
        before = jail._standing
        with pytest.raises(QueryTooLarge):
            ask(jail, forging, neurons)

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]
        assert jail._standing is before


def test_questions_leave_nothing_behind(neurons: Path) -> None:
    with Jail(start) as jail:
        ask(jail, "SELECT 1", neurons)
        assert jail._standing is not None
        process = Path(f"/proc/{jail._standing._process.pid}/fd")

        for _ in range(30):
            ask(jail, "SELECT 1", neurons)

        # the three it was started with, and two pipes to the fork that waits or is being made
        assert not process.exists() or len(list(process.iterdir())) <= 8
