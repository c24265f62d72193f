"""Where a question's SQL is run: a process that stands ready, replaced as soon as anything about it is odd."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Final, Self

from pydantic import JsonValue

from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.sql.errors import JailBroken, QueryTooLarge, failure_of
from neuroagent.tasks.circuit.sql.frames import BadFrame
from neuroagent.tasks.circuit.sql.lines import End, Failed, Forged, Heading, Line, Rows, read_line
from neuroagent.tasks.circuit.sql.question import Question
from neuroagent.tasks.circuit.sql.standing import Ending, Standing, Start, start_plainly

TRIES: Final = 2  # the first may find that the process died while it stood there


class Reply:
    """An answer as it comes: the heading is there, the rows are read once, then `end` is known."""

    def __init__(self, question: Question, lines: Iterator[bytes], standing: Standing) -> None:
        self._question, self._lines, self._standing = question, lines, standing
        self._rows_left = question.limits.rows
        self.end: End | None = None
        self.heading = self._first()

    def batches(self) -> Iterator[list[list[JsonValue]]]:
        while self.end is None:
            match self._next(len(self.heading.columns)):
                case Rows(rows) if len(rows) <= self._rows_left:
                    self._rows_left -= len(rows)
                    yield rows
                case End() as end:
                    self.end = end
                case line:
                    raise Forged(f"{type(line).__name__} isn't expected among the rows.")
        for extra in self._lines:
            raise Forged(f"Something follows the end: {extra[:100]!r}")

    def _first(self) -> Heading:
        match self._next(0):
            case Heading() as heading:
                return heading
            case line:
                raise Forged(f"An answer starts with {type(line).__name__}.")

    def _next(self, columns: int) -> Line:
        written = next(self._lines, None)
        if written is None:
            raise self._cut_off(self._standing.ending)
        line = read_line(written, columns, self._question.limits)
        if isinstance(line, Failed):
            limits = self._question.limits
            for _ in self._lines:
                raise Forged("Something follows a failure.")
            raise failure_of(line.reason, line.message, limits.seconds, limits.memory_bytes)
        return line

    def _cut_off(self, ending: Ending | None) -> CircuitError:
        """The fork is gone and didn't say why."""
        limits = self._question.limits
        if ending and ending.ended == "bytes":
            return QueryTooLarge(f"The answer is larger than the {limits.bytes >> 20} MB that one question may take.")
        is_late = ending and (ending.ended == "time" or ending.signal == signal.SIGXCPU)
        return failure_of("time" if is_late else "memory", "", limits.seconds, limits.memory_bytes)


class Jail:
    """One statement at a time; whoever comes meanwhile waits. Each worker process has its own."""

    def __init__(self, start: Start = start_plainly) -> None:
        self._start = start
        self._standing: Standing | None = None
        self._turn = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start loading the engine; doesn't wait for it."""
        if self._standing is not None and self._standing.owner != os.getpid():
            self._standing = None  # of the process that we were forked from
        if self._standing is None:
            self._standing = Standing(self._start)

    def close(self) -> None:
        if self._standing is not None and self._standing.owner == os.getpid():
            self._standing.end()
        self._standing = None

    @contextmanager
    def ask(self, question: Question) -> Iterator[Reply]:
        """The engine's refusals and failures come out as CircuitErrors, here or while the rows are read."""
        with self._turn:
            try:
                yield self._reply(question)
            except (BadFrame, Forged) as error:
                raise JailBroken(f"The question could not be run: {error}") from error
            finally:
                self._keep_or_replace()

    def _reply(self, question: Question) -> Reply:
        for _ in range(TRIES - 1):
            try:
                return self._reply_once(question)
            except BadFrame:
                self.close()
        return self._reply_once(question)

    def _reply_once(self, question: Question) -> Reply:
        self.warm()
        if self._standing is None:
            raise JailBroken("No process could be started to run the question in.")
        return Reply(question, self._standing.lines(question), self._standing)

    def _keep_or_replace(self) -> None:
        """A process that hasn't come to the end of its answer would give it to the next question."""
        if self._standing is None or self._standing.ending is None or self._standing.is_for_one:
            self.close()
            self.warm()
