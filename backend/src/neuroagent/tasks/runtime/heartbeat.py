"""Keeps a lease while a body runs, and interrupts the body when the task was cancelled or the lease is lost."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
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
        with ExitStack() as handlers:
            if _in_main_thread():
                soft_limit = signal.getsignal(SOFT_LIMIT)
                handlers.enter_context(_handled(SIGNAL, self._interrupt))
                handlers.enter_context(_handled(SOFT_LIMIT, self._only_in_the_body(soft_limit)))
            _pulse().beating.add(self)
            try:
                yield self
            finally:
                _pulse().beating.discard(self)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Around the body and nothing else: an attempt interrupted while it is closed would have no ending."""
        self._armed = _in_main_thread()
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

    def _interrupt(self, _signum: int, _frame: Any) -> None:
        if self._armed and self.reason:
            self._armed = False
            raise Interrupted(self.reason)

    def _only_in_the_body(self, strike: Any) -> Any:
        """Celery's own soft limit: what comes after the body would take away the ending of what is over."""

        def struck(signum: int, frame: Any) -> None:
            if self._armed:
                self._armed = False
                strike(signum, frame)

        return struck if callable(strike) else strike


@contextmanager
def _handled(number: signal.Signals, handler: Any) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


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
