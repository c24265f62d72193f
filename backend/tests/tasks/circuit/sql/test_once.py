"""Where nothing may fork, the process that stands ready answers one question itself."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen

import pytest
from tasks.circuit.sql.population import ask

from neuroagent.tasks.circuit.sql.errors import QueryTookTooLong, QueryTooLarge, UnsafeSql
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits
from neuroagent.tasks.circuit.sql.standing import start_plainly

WITHOUT_FORKS = """
import os, signal, time
from neuroagent.tasks.circuit.sql import child, warm
answer = child.answer
def taken_over(question, engine, tell, resting):
    if question.sql.startswith("SELECT"):
        return answer(question, engine, tell, resting)
    exec(question.sql)
def no_fork():
    raise PermissionError("Operation not permitted")
child.answer = taken_over
os.fork = no_fork
warm.serve(0, 1)
"""


def start(command: Sequence[str]) -> "Popen[bytes]":
    return start_plainly([sys.executable, "-I", "-c", WITHOUT_FORKS])


def test_questions_are_answered_each_by_a_process_of_its_own(neurons: Path) -> None:
    with Jail(start) as jail:
        answered = ask(jail, "SELECT * FROM neurons", neurons)
        after = jail._standing

        assert (len(answered.rows), answered.end.row_count) == (1_000, 5_000)
        assert ask(jail, "SELECT 2", neurons).rows == [[2]]
        assert jail._standing is not after


@pytest.mark.parametrize(
    ("code", "seconds", "error"),
    [
        ("SELECT * FROM 'x.csv'", 60, UnsafeSql),
        ("time.sleep(600)", -4.0, QueryTookTooLong),
        ("os.kill(os.getpid(), signal.SIGXCPU)", 60, QueryTookTooLong),
        ("os.kill(os.getpid(), signal.SIGSEGV)", 60, QueryTooLarge),
        ("os._exit(0)", 60, QueryTooLarge),
    ],
)
def test_what_goes_wrong_is_said_and_the_next_is_served(
    neurons: Path, code: str, seconds: float, error: type[Exception]
) -> None:
    with Jail(start) as jail:
        with pytest.raises(error):
            ask(jail, code, neurons, Limits(seconds=seconds))

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]
