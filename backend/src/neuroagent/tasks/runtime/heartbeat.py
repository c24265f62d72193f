"""Keeps a lease while a body runs, and interrupts the body when the task was cancelled or the lease is lost."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic, sleep
from typing import Any, Final

from redis import RedisError

from neuroagent.tasks.runtime.turn import Turn

LOOK: Final = 0.1  # seconds
TOLD_WITHIN: Final = 0.5  # seconds: a person who cancels waits for no longer than a second
BEATS_IN_A_LEASE: Final = 4
SIGNAL: Final = signal.SIGUSR2  # Celery's own soft limit takes SIGUSR1

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
        before = signal.signal(SIGNAL, self._interrupt) if _in_main_thread() else None
        self._armed = before is not None
        _pulse().beating.add(self)
        try:
            yield self
        finally:
            self._armed = False
            _pulse().beating.discard(self)
            if before is not None:
                signal.signal(SIGNAL, before)

    def beat(self) -> None:
        if self.reason or monotonic() < self._due:
            return
        self._due = monotonic() + self._every
        try:
            word = self._turn.renew()
        except RedisError as error:
            logger.warning("lease.not_renewed", extra={"task_id": self._turn.task_id, "reason": str(error)})
            return
        if word != "held":
            self.reason = word
            if self._armed:
                signal.pthread_kill(threading.main_thread().ident or 0, SIGNAL)

    def _interrupt(self, _signum: int, _frame: Any) -> None:
        if self._armed and self.reason:
            self._armed = False
            raise Interrupted(self.reason)


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
def _pulse() -> Pulse:
    return Pulse()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
