"""The process that stands ready, from the worker's side: started, asked under a deadline, ended with all its forks."""

import contextlib
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, Popen
from time import monotonic
from typing import Any, Final

from neuroagent.tasks.circuit.sql.frames import DATA, END, ONCE, QUESTION, READY, BadFrame, frame, read_frame, write_all
from neuroagent.tasks.circuit.sql.question import LONGEST, Question

COMMAND: Final = (sys.executable, "-I", "-m", "neuroagent.tasks.circuit.sql.warm")
STARTING: Final = 60.0  # seconds to load the engine on a busy machine
GRACE: Final = 5.0  # seconds on top of a question's own, for the process to say that it ended the fork
AROUND: Final = 2 << 20  # bytes on top of a question's own

Start = Callable[[Sequence[str]], "Popen[bytes]"]


def start_plainly(command: Sequence[str]) -> "Popen[bytes]":
    """In a session of its own, so that it can be ended with its forks; nothing of our environment."""
    return Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/", start_new_session=True, bufsize=0
    )


class Silence(BadFrame):
    def __init__(self, message: str, *, is_late: bool) -> None:
        super().__init__(message)
        self.is_late = is_late


@dataclass(frozen=True)
class Ending:
    """How the fork went, as far as the process that started it can tell."""

    ended: str | None  # "time" or "bytes", when it was ended
    signal: int | None
    peak: int


class Standing:
    """Serves one question at a time; broken once anything unexpected happened."""

    def __init__(self, start: Start) -> None:
        self.ending: Ending | None = None
        self.owner = os.getpid()
        self._process = start(COMMAND)
        self._is_ready = False
        self.is_for_one = False  # nothing can fork there: it answers one question, and is done

    def lines(self, question: Question) -> Iterator[bytes]:
        """The lines of the answer; `ending` is there when they are over."""
        self.ending = None
        self._get_ready()
        self._ask(question.encode())
        deadline = monotonic() + question.limits.seconds + GRACE
        try:
            yield from self._lines(deadline, question.limits.bytes + AROUND)
        except Silence as silence:
            if not self.is_for_one:
                raise
            self.ending = self._ended(silence)

    def end(self) -> None:
        """With its forks: they are in its session."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def _get_ready(self) -> None:
        if not self._is_ready:
            kind, content = self._frame(monotonic() + STARTING)
            if kind != READY:
                raise BadFrame(f"It started with {kind!r}.")
            self._is_ready, self.is_for_one = True, content == ONCE

    def _ask(self, question: bytes) -> None:
        if self._process.stdin is None or len(question) > LONGEST:
            raise BadFrame(f"A question of {len(question)} bytes can't be asked.")
        try:
            write_all(self._process.stdin.fileno(), frame(QUESTION, question))
        except BrokenPipeError:
            raise BadFrame("The process is gone.") from None

    def _lines(self, deadline: float, left: int) -> Iterator[bytes]:
        line = bytearray()
        while True:
            kind, content = self._frame(deadline)
            if kind == END:
                self.ending = _ending(content)
                return
            left -= len(content)
            if kind != DATA or left < 0:
                raise BadFrame(f"{kind!r} with {len(content)} bytes isn't expected here.")
            *whole, rest = content.split(b"\n")
            for part in whole:
                yield bytes(line + part)
                line.clear()
            line += rest

    def _frame(self, deadline: float) -> tuple[bytes, bytes]:
        return read_frame(lambda most: self._read(most, deadline))

    def _ended(self, silence: Silence) -> Ending:
        """There is nobody between us and the one that answers, who could have ended it or say how it went."""
        self._process.kill()
        status = self._process.wait()
        return Ending("time" if silence.is_late else None, -status if status < 0 else None, 0)

    def _read(self, most: int, deadline: float) -> bytes:
        if self._process.stdout is None:
            raise BadFrame("The process was started without a pipe to read from.")
        descriptor = self._process.stdout.fileno()
        if not select.select([descriptor], [], [], max(0.0, deadline - monotonic()))[0]:
            raise Silence("The process says nothing any more.", is_late=True)
        if not (content := os.read(descriptor, most)):
            raise Silence("The process is gone.", is_late=False)
        return content


def _ending(content: bytes) -> Ending:
    try:
        said: Any = json.loads(content)
        return Ending(said["ended"], said["signal"], int(said["peak"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadFrame(f"No ending: {content[:100]!r}") from error
