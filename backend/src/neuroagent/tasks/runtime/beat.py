"""A worker's sign of life, given from its own event loop: a worker whose loop hangs falls silent.

A worker can also be alive and take nothing: its line to the broker may come back half. Alive means that it takes work
or that there is none; one that doesn't ends itself, and whoever supervises it starts another.
"""

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from threading import Timer
from typing import Any, Final

from celery import bootsteps
from celery.worker import state
from redis import Redis, RedisError

from neuroagent.task_schemas.jobs import BEAT_EVERY, SILENT_AFTER, WORKERS_KEY, WorkerBeat, worker_key

STARVING: Final = 5  # beats in a row with work in the queue and none in hand
LAST_MOMENTS: Final = timedelta(seconds=30)  # beyond the longest task; a worker that still hasn't stopped never will
WEDGED: Final = 75  # the exit status, "temporary failure": start me again

logger = logging.getLogger(__name__)


class Appetite:
    """Counts how long a worker has left work lying; told at each beat."""

    def __init__(self, give_up: Callable[[], None]) -> None:
        self._give_up = give_up
        self._beats = 0

    def beat(self, waiting: int, in_hand: int) -> None:
        self._beats = self._beats + 1 if waiting and not in_hand else 0
        if self._beats >= STARVING:
            logger.critical("worker.wedged", extra={"waiting": waiting, "advice": "it ends itself; start it again"})
            self._give_up()


def sign_of_life(redis: Redis, beat: WorkerBeat, longest: timedelta) -> type[bootsteps.StartStopStep]:
    """A step of the worker's start: says who it is for as long as it consumes; and sees to it that stopping ends."""

    class SignOfLife(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery ships no types
        requires = ("celery.worker.consumer.tasks:Tasks",)

        def __init__(self, consumer: Any, **options: Any) -> None:
            super().__init__(consumer, **options)
            self.timer: Any = None
            self.end: Timer | None = None

        def start(self, consumer: Any) -> None:
            if self.end is not None:  # it was a new beginning, and not the end
                self.end.cancel()
            appetite = Appetite(lambda: os._exit(WEDGED))

            def once() -> None:
                waiting = show(redis, consumer.hostname, beat)
                appetite.beat(waiting, len(state.reserved_requests))

            once()
            self.timer = consumer.timer.call_repeatedly(BEAT_EVERY.total_seconds(), once)

        def stop(self, consumer: Any) -> None:
            if self.timer is not None:
                self.timer.cancel()
            hide(redis, consumer.hostname)
            if self.end is not None:
                self.end.cancel()
            self.end = Timer((longest + LAST_MOMENTS).total_seconds(), os._exit, (WEDGED,))
            self.end.daemon = True
            self.end.start()

        shutdown = stop

    return SignOfLife


def show(redis: Redis, name: str, beat: WorkerBeat) -> int:
    """Say that it is there; how many messages wait in its queues."""
    try:
        with redis.pipeline() as pipeline:
            pipeline.sadd(WORKERS_KEY, name)
            pipeline.set(worker_key(name), beat.model_dump_json(), ex=SILENT_AFTER)
            for queue in beat.queues:
                pipeline.llen(queue)
            return sum(pipeline.execute()[2:])
    except RedisError as error:
        logger.warning("worker.beat_missed", extra={"reason": str(error)})
        return 0


def hide(redis: Redis, name: str) -> None:
    try:
        redis.srem(WORKERS_KEY, name)
        redis.delete(worker_key(name))
    except RedisError as error:
        logger.warning("worker.beat_missed", extra={"reason": str(error)})
