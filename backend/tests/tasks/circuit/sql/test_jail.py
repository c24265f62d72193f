"""Where a question's SQL is run, whatever happens to the process that runs it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tasks.circuit.sql.population import ask
from tasks.circuit.sql.programs import program

from neuroagent.tasks.circuit.sql.errors import JailBroken
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Question


def test_nan_is_null_and_types_are_told(jail: Jail, neurons: Path) -> None:
    answered = ask(jail, "SELECT node_id, threshold_current AS t, traced_on FROM neurons LIMIT 2", neurons)

    assert answered.heading.types == ("BIGINT", "DOUBLE", "DATE")
    assert answered.rows == [[0, None, "2024-01-01"], [1, 0.001, "2024-01-02"]]


def test_the_process_is_the_same_for_the_next_question(neurons: Path) -> None:
    with Jail() as jail:
        ask(jail, "SELECT 1", neurons)
        before = jail._standing
        ask(jail, "SELECT 2", neurons)

        assert jail._standing is before


def test_one_that_died_meanwhile_is_replaced_unnoticed(neurons: Path) -> None:
    with Jail() as jail:
        ask(jail, "SELECT 1", neurons)
        assert jail._standing is not None
        jail._standing._process.kill()
        jail._standing._process.wait()

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]


def test_an_answer_nobody_read_to_its_end_isnt_given_to_the_next(neurons: Path) -> None:
    with Jail() as jail:
        with jail.ask(Question("SELECT * FROM neurons", str(neurons))) as reply:
            assert len(next(reply.batches())) > 0

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]


def test_a_question_that_was_interrupted_leaves_a_fresh_process(neurons: Path) -> None:
    with Jail() as jail:
        with pytest.raises(KeyboardInterrupt), jail.ask(Question("SELECT * FROM neurons", str(neurons))):
            raise KeyboardInterrupt

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]


def test_whoever_comes_meanwhile_waits(neurons: Path) -> None:
    with Jail() as jail, ThreadPoolExecutor(20) as people:
        answers = people.map(lambda n: ask(jail, f"SELECT {n}, count(*) FROM neurons", neurons).rows, range(100))

        assert list(answers) == [[[n, 5_000]] for n in range(100)]


@pytest.mark.parametrize(
    "said",
    [
        "LAST",
        "HEADING + HEADING + LAST",
        "HEADING + LAST + LAST",
        "HEADING + b'{\"rows\": [[1, 2]]}\\n' + LAST",
        "HEADING + b'{\"rows\": [' + b'[1],' * 2_000 + b'[1]]}\\n' + LAST",
        "HEADING + b'junk\\n'",
        'b\'{"reason": "time", "message": "x"}\\n\' + LAST',
    ],
)
def test_an_answer_ours_wouldnt_give_isnt_believed(neurons: Path, said: str) -> None:
    answering = program(f"say(b'R'); hear(); say(b'D', {said}); say(b'E', END); time.sleep(600)")

    with Jail(answering) as jail, pytest.raises(JailBroken):
        ask(jail, "SELECT 1", neurons)


def test_a_process_that_never_gets_ready_is_said(neurons: Path) -> None:
    with Jail(program("")) as jail, pytest.raises(JailBroken, match="gone"):
        ask(jail, "SELECT 1", neurons)


def test_a_fork_of_the_worker_gets_a_process_of_its_own(neurons: Path) -> None:
    with Jail() as jail:
        ask(jail, "SELECT 1", neurons)
        assert jail._standing is not None
        ours, jail._standing.owner = jail._standing, os.getpid() + 1

        assert ask(jail, "SELECT 2", neurons).rows == [[2]]
        assert jail._standing is not ours
        assert list(ours.lines(Question("SELECT 3", str(neurons))))  # still serves the one it belongs to
        ours.end()
