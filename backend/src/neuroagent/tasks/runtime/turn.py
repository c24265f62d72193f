"""A worker's turn with a task: taken, kept by a heartbeat, told about, and given back in one of three ways."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, Final

from redis import ConnectionError as NoConnection
from redis import Redis, RedisError
from redis import TimeoutError as NoAnswer
from redis.exceptions import BusyLoadingError, ResponseError

from neuroagent.task_schemas.events import Cancelled, Ending, Pause, Started, Telling
from neuroagent.task_schemas.events import events as wire
from neuroagent.task_schemas.turns import (
    CLAIM,
    END,
    KEPT_SECONDS,
    LONGEST_INBOX,
    LONGEST_STREAM,
    NOBODY,
    PAUSE,
    RENEW,
    TELL,
    Keys,
    mark_key,
)
from neuroagent.tasks.runtime.scripts import run_script

PATIENCE: Final = 60.0  # seconds to wait for a Redis that is away: the answer is worth it
BREATH: Final = 0.1
FULL: Final = "OOM command not allowed"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    """One worker's claim on one task."""

    redis: Redis
    task_id: str
    inbox: str
    worker: str
    lease: float
    attempt: int = 0

    @property
    def keys(self) -> Keys:
        return Keys(self.task_id)

    @property
    def token(self) -> str:
        return f"{self.worker}#{self.attempt}" if self.attempt else NOBODY

    def claim(self, queue: str, most: int, known: int, sent_at: float, started: Started) -> str:
        """Take the lease: the number of the attempt, or `ended`, `held`, `stale`, `cancelled`, `dead`."""
        keys = self.keys
        whose = (keys.final, keys.lease, keys.attempts, keys.cancel, keys.pause, mark_key(queue))
        given = (self.worker, round(self.lease * 1000), most, known, sent_at, KEPT_SECONDS)
        event = wire.dump_json(started.model_copy(update={"attempt": 0}))
        told = (event, self.task_id, LONGEST_STREAM, LONGEST_INBOX)
        return self._persistently(CLAIM, (*whose, keys.stream, keys.watchers), (*given, *told))

    def renew(self) -> str:
        """Keep the lease: `held`, `cancelled` or `lost`."""
        keys = self.keys
        given = (self.token, round(self.lease * 1000), self.attempt, KEPT_SECONDS)
        return run_script(self.redis, RENEW, (keys.lease, keys.attempts, keys.cancel, keys.final), given)

    def tell(self, event: Telling) -> None:
        """What is told on the way is a courtesy: a body must not fail because Redis is away."""
        keys = self.keys
        whose = (keys.stream, keys.watchers, keys.final, keys.lease, keys.attempts)
        given = (self.token, wire.dump_json(event), self.task_id, KEPT_SECONDS, LONGEST_STREAM, LONGEST_INBOX)
        try:
            run_script(self.redis, TELL, whose, given)
        except RedisError as error:
            logger.warning("turn.not_told", extra={"task_id": self.task_id, "reason": str(error)})

    def pause(self, event: Pause) -> str:
        return self._close(PAUSE, wire.dump_json(event))

    def end(self, event: Ending) -> str:
        """Write the ending unless there is one: `told`, or why not."""
        if self.attempt and not isinstance(event, Cancelled):
            event = event.model_copy(update={"attempt": self.attempt})
        told = self._close(END, wire.dump_json(event), "cancelled" if isinstance(event, Cancelled) else "")
        if told == "cancelled":
            return self.end(Cancelled(at=event.at, session=getattr(event, "session", None)))
        return told

    def _close(self, script: str, event: bytes, *more: str) -> str:
        all_keys = self.keys.of_an_ending(self.inbox)
        given = (self.token, event, self.task_id, KEPT_SECONDS, LONGEST_STREAM, LONGEST_INBOX, *more)
        return self._persistently(script, all_keys, given)

    def _persistently(self, script: str, keys: Sequence[str], given: Sequence[Any]) -> str:
        deadline = monotonic() + PATIENCE
        while True:
            try:
                return run_script(self.redis, script, keys, given)
            except (NoConnection, NoAnswer, ResponseError) as error:
                if monotonic() > deadline or not _passes(error):
                    raise
                logger.warning("turn.redis_away", extra={"task_id": self.task_id, "reason": str(error)})
                sleep(BREATH)


def _passes(error: RedisError) -> bool:
    """Whether it is worth waiting: Redis is away, starts, or is full; inside a script only the text tells the last."""
    return isinstance(error, NoConnection | NoAnswer | BusyLoadingError) or FULL in str(error)
