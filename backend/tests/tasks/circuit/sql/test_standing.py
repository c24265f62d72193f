"""The process that stands ready, from the worker's side."""

import os
from pathlib import Path
from time import monotonic, sleep

import pytest
from tasks.circuit.sql.programs import program

from neuroagent.tasks.circuit.sql.frames import BadFrame
from neuroagent.tasks.circuit.sql.question import Limits, Question
from neuroagent.tasks.circuit.sql.standing import Ending, Standing, start_plainly


def question(neurons: Path, sql: str = "SELECT 1 AS one", limits: Limits | None = None) -> Question:
    return Question(sql, str(neurons), limits=limits or Limits())


def test_a_question_is_answered_in_lines(neurons: Path) -> None:
    standing = Standing(start_plainly)

    lines = list(standing.lines(question(neurons)))

    assert [line[:9] for line in lines] == [b'{"columns', b'{"rows":[', b'{"row_cou']
    assert standing.ending is not None
    assert standing.ending.ended is None
    standing.end()


def test_its_end_is_the_end_of_what_it_started(tmp_path: Path) -> None:
    noted = tmp_path / "fork"
    standing = Standing(
        program(f"""
if os.fork() == 0:
    open({str(noted)!r}, "w").write(str(os.getpid()))
    time.sleep(600)
say(b"R"); hear(); say(b"E", END); time.sleep(600)
""")
    )
    list(standing.lines(question(tmp_path)))
    deadline = monotonic() + 30
    while not (noted.exists() and noted.read_text()) and monotonic() < deadline:
        sleep(0.01)

    standing.end()

    while _runs(int(noted.read_text())) and monotonic() < deadline:
        sleep(0.01)
    assert not _runs(int(noted.read_text()))


def _runs(pid: int) -> bool:
    """A process that nobody has taken note of yet is still there, as a zombie."""
    status = Path(f"/proc/{pid}/stat")
    try:
        os.kill(pid, 0)
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.parametrize(
    "code",
    [
        "",
        "say(b'E', END)",
        "os.write(1, b'nonsense')",
        "say(b'R'); os.close(0)",
        "say(b'R'); hear(); say(b'R')",
        "say(b'R'); hear(); say(b'D', b'x' * 10)",
        "say(b'R'); hear(); say(b'E', b'no json')",
        "say(b'R'); hear(); say(b'E', b'{}')",
        "say(b'R'); hear(); say(b'E', b'[1, 2]')",
        "say(b'R'); hear(); os.write(1, b'D\\xff\\xff\\xff\\xff')",
        "say(b'R'); hear()\nwhile True: say(b'D', b'x' * 60_000)",
        "say(b'R'); hear()\nwhile True: say(b'D', b'\\n' * 60_000)",
    ],
)
def test_one_that_says_what_ours_wouldnt_is_broken(tmp_path: Path, code: str) -> None:
    standing = Standing(program(code))

    with pytest.raises(BadFrame):
        list(standing.lines(question(tmp_path)))

    standing.end()


def test_one_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing(program("say(b'R'); hear(); time.sleep(600)"))

    with pytest.raises(BadFrame, match="nothing any more"):
        list(standing.lines(question(tmp_path, limits=Limits(seconds=-4.5))))

    standing.end()


def test_how_a_fork_ended_is_known(tmp_path: Path) -> None:
    standing = Standing(program("""say(b"R"); hear(); say(b"E", b'{"ended": "time", "signal": 9, "peak": 5}')"""))

    assert list(standing.lines(question(tmp_path))) == []
    assert standing.ending == Ending("time", 9, 5)
    standing.end()
