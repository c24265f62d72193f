"""The process that stands ready: the engine loaded, and a fork of it that waits for the one question it will answer.

It never reads a statement or a file itself. What a fork says goes through here with a cap and a clock, so that a fork
that fell into wrong hands can neither speak for the next question nor outlive its own.
"""

import json
import os
import select
import signal
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from neuroagent.tasks.circuit.sql import child, engine
from neuroagent.tasks.circuit.sql.cage import in_use
from neuroagent.tasks.circuit.sql.frames import DATA, END, QUESTION, READY, BadFrame, frame, read_frame, write_all
from neuroagent.tasks.circuit.sql.once import serve_once
from neuroagent.tasks.circuit.sql.question import Question
from neuroagent.tasks.circuit.sql.seal import prepare

PIECE: Final = 1 << 16
PAUSE: Final = 0.01  # seconds after which the next question isn't on our heels
GRACE: Final = 1.0  # seconds for a fork to say itself that time is up
NOWHERE: Final = 2  # where errors go; closing the others would give their numbers to the next file
AROUND: Final = 1 << 20  # bytes of an answer beside its rows


@dataclass(frozen=True)
class Fork:
    """A copy of this process that waits for its one question."""

    pid: int
    questions: int
    answers: int


def serve(incoming: int, outgoing: int) -> None:
    opened = engine.open_engine()
    resting = in_use()  # a fork may not be allowed to see its own
    try:
        fork = _fork(opened, resting, (incoming, outgoing)) if _is_alone() else None
    except OSError:
        fork = None
    if fork is None:
        serve_once(opened, resting, incoming, outgoing)
    else:
        _serve(fork, opened, resting, (incoming, outgoing))


def _serve(fork: Fork, opened: engine.Engine, resting: int, mine: tuple[int, int]) -> None:
    incoming, outgoing = mine
    write_all(outgoing, frame(READY))
    while True:
        try:
            _, content = read_frame(partial(os.read, incoming))
        except BadFrame:
            return  # the worker is gone, and with us the fork's pipe
        write_all(fork.questions, frame(QUESTION, content))
        os.close(fork.questions)
        ending = _relay(Question.decode(content), fork, outgoing)
        write_all(outgoing, frame(END, json.dumps(ending).encode()))
        fork = _fork(opened, resting, mine)


def _fork(opened: engine.Engine, resting: int, mine: tuple[int, int]) -> Fork:
    hears, questions = os.pipe()
    answers, tells = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        prepare(parent)
        _be_child(opened, resting, (*mine, questions, answers), (hears, tells))
    os.close(hears)
    os.close(tells)
    return Fork(pid, questions, answers)


def _be_child(opened: engine.Engine, resting: int, not_mine: tuple[int, ...], mine: tuple[int, int]) -> None:
    """Never returns: a fork that did would serve beside the one it came from."""
    hears, tells = mine
    try:
        for descriptor in not_mine:
            os.dup2(NOWHERE, descriptor)
        if not select.select([hears], [], [], PAUSE)[0]:
            child.practise(opened)  # while nobody waits
        _, content = read_frame(partial(os.read, hears))
        child.answer(Question.decode(content), opened, partial(write_all, tells), resting)
    except BadFrame:
        pass  # nobody asked
    finally:
        os._exit(0)


def _relay(question: Question, fork: Fork, outgoing: int) -> dict[str, int | str | None]:
    """Pass on what the fork says until it ends or is ended; then say how."""
    deadline = monotonic() + question.limits.seconds + GRACE
    left = question.limits.bytes + AROUND
    ended: str | None = None
    while ended is None:
        if not select.select([fork.answers], [], [], max(0.0, deadline - monotonic()))[0]:
            ended = "time"
        elif not (piece := os.read(fork.answers, PIECE)):
            break
        elif (left := left - len(piece)) < 0:
            ended = "bytes"
        else:
            write_all(outgoing, frame(DATA, piece))
    os.close(fork.answers)
    os.kill(fork.pid, signal.SIGKILL)
    _, status, used = os.wait4(fork.pid, 0)
    return {"ended": ended, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None, "peak": used.ru_maxrss}


def _is_alone() -> bool:
    """One with threads can't be forked safely; where they can't be seen, the engine was told to start none."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return True


if __name__ == "__main__":
    serve(sys.stdin.fileno(), sys.stdout.fileno())
