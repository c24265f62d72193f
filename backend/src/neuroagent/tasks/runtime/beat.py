"""A worker's sign of life, given from its own event loop: a worker whose loop hangs falls silent."""

import logging
from typing import Any

from celery import bootsteps
from redis import Redis, RedisError

from neuroagent.task_schemas.jobs import BEAT_EVERY, SILENT_AFTER, WORKERS_KEY, WorkerBeat, worker_key

logger = logging.getLogger(__name__)


def sign_of_life(redis: Redis, beat: WorkerBeat) -> type[bootsteps.StartStopStep]:
    """A step of the worker's start: says who it is for as long as it consumes."""

    class SignOfLife(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery ships no types
        requires = ("celery.worker.consumer.tasks:Tasks",)

        def __init__(self, consumer: Any, **options: Any) -> None:
            super().__init__(consumer, **options)
            self.timer: Any = None

        def start(self, consumer: Any) -> None:
            show(redis, consumer.hostname, beat)
            every = BEAT_EVERY.total_seconds()
            self.timer = consumer.timer.call_repeatedly(every, show, (redis, consumer.hostname, beat))

        def stop(self, consumer: Any) -> None:
            if self.timer is not None:
                self.timer.cancel()
            hide(redis, consumer.hostname)

        shutdown = stop

    return SignOfLife


def show(redis: Redis, name: str, beat: WorkerBeat) -> None:
    try:
        with redis.pipeline() as pipeline:
            pipeline.sadd(WORKERS_KEY, name)
            pipeline.set(worker_key(name), beat.model_dump_json(), ex=SILENT_AFTER)
            pipeline.execute()
    except RedisError as error:
        logger.warning("worker.beat_missed", extra={"reason": str(error)})


def hide(redis: Redis, name: str) -> None:
    try:
        redis.srem(WORKERS_KEY, name)
        redis.delete(worker_key(name))
    except RedisError as error:
        logger.warning("worker.beat_missed", extra={"reason": str(error)})
