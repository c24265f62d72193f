"""Keeps a lease while a body runs, and interrupts the body when the task was cancelled or the lease is lost."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from os import getpid
from time import monotonic, sleep
from typing import Any, Final

from redis import RedisError

from neuroagent.tasks.runtime.turn import Turn

LOST: Final = "lost"  # one of the words of a renewal
LOOK: Final = 0.1  # seconds
TOLD_WITHIN: Final = 0.5  # seconds: a person who cancels waits for no longer than a second
BEATS_IN_A_LEASE: Final = 4
SIGNAL: Final = signal.SIGUSR2
SOFT_LIMIT: Final = signal.SIGUSR1  # Celery's

logger = logging.getLogger(__name__)


class Interrupted(Exception):
    """Raised in the body, wherever it is: the task was cancelled, or is another worker's by now."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Heartbeat:
    """The lease of one body."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._every = min(turn.lease / BEATS_IN_A_LEASE, TOLD_WITHIN)
        self._due = monotonic() + self._every
        self._armed = False
        self.reason = ""
        """Why the body should stop, as far as it should: a body in a thread of its own can ask."""

    @contextmanager
    def kept(self) -> Iterator["Heartbeat"]:
        """The lease is renewed; what would end the body waits until the body is `interruptible`."""
        beating = _pulse().beating
        beating.add(self)
        try:
            yield self
        finally:
            beating.discard(self)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Around the body and nothing else: an attempt interrupted while it is closed would have no ending."""
        alarm = _alarm(getpid()) if _in_main_thread() else None
        if alarm is not None:
            alarm.body, self._armed = self, True
        try:
            if self.reason:  # found before we were armed
                raise Interrupted(self.reason)
            yield
        finally:
            self._armed = False

    def beat(self) -> None:
        """A body that was cancelled keeps its lease while it tidies up."""
        if self.reason == LOST or monotonic() < self._due:
            return
        self._due = monotonic() + self._every
        try:
            word = self._turn.renew()
        except RedisError as error:
            logger.warning("lease.not_renewed", extra={"task_id": self._turn.task_id, "reason": str(error)})
            return
        if word not in {"held", self.reason}:
            self.reason = word
            if self._armed:
                signal.pthread_kill(threading.main_thread().ident or 0, SIGNAL)

    def disarmed(self) -> bool:
        """Whether it was armed: a body is struck once."""
        was_armed, self._armed = self._armed, False
        return was_armed


class Alarm:
    """The signals of a process: they strike the body that runs, and nothing that comes before or after it."""

    def __init__(self) -> None:
        self.body: Heartbeat | None = None
        self._soft_limit: Any = signal.getsignal(SOFT_LIMIT)
        signal.signal(SIGNAL, self._interrupt)
        if callable(self._soft_limit):
            signal.signal(SOFT_LIMIT, self._end_softly)

    def _interrupt(self, _signum: int, _frame: Any) -> None:
        if self.body is not None and self.body.reason and self.body.disarmed():
            raise Interrupted(self.body.reason)

    def _end_softly(self, signum: int, frame: Any) -> None:
        """Celery's own soft limit: what comes after the body would take away the ending of what is over."""
        if self.body is not None and self.body.disarmed():
            self._soft_limit(signum, frame)


class Pulse:
    """One thread for the life of a worker process: starting one for each task costs as much as a short task."""

    def __init__(self) -> None:
        self.beating: set[Heartbeat] = set()
        threading.Thread(target=self._run, daemon=True, name="leases").start()

    def _run(self) -> None:
        while True:
            sleep(LOOK)
            for heartbeat in tuple(self.beating):
                heartbeat.beat()


@cache
def _alarm(_process: int) -> Alarm:
    """Set once: a task that does nothing takes no longer than setting two handlers and taking them back."""
    return Alarm()


@cache
def _pulse() -> Pulse:
    return Pulse()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
