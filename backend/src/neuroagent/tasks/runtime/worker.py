"""A Celery worker made of our contracts: what it serves, by which rules, and what is said when a process dies."""

import logging
import os
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from celery import Celery, signals
from celery.exceptions import WorkerLostError
from kombu import Exchange, Queue
from pydantic import JsonValue
from redis import Redis

from neuroagent import __version__
from neuroagent.task_schemas.jobs import WorkerBeat
from neuroagent.tasks.config import WorkerSettings
from neuroagent.tasks.runtime import families
from neuroagent.tasks.runtime.attempt import attempt, failed
from neuroagent.tasks.runtime.beat import sign_of_life
from neuroagent.tasks.runtime.options import celery_options
from neuroagent.tasks.runtime.redis import connect
from neuroagent.tasks.runtime.stream import TaskStream
from neuroagent.tasks.runtime.task import Fulfilment, fulfilments

logger = logging.getLogger(__name__)

HARD_AFTER_SOFT: Final = 5.0  # seconds between asking a body to stop and ending its process
DAY: Final = 86_400

RULES: Final[dict[str, Any]] = {
    "task_acks_late": True,  # a task belongs to the queue until it has ended
    "task_ignore_result": True,  # the answer travels on the task's stream
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,  # what waits stays in the queue, where its depth can be seen
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_soft_shutdown_timeout": 3.0,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # Redis may be away for long; come back when it does
}
TRANSPORT: Final = {"visibility_timeout": DAY, "sep": ":"}  # sooner, and a long task would start again while it runs


def create_worker(settings: WorkerSettings) -> Celery:
    celery = Celery("neuroagent", broker=settings.redis.broker_url(), set_as_current=False)
    celery.conf.update(_options(settings))
    redis = connect(settings.redis)

    def serve(sender: str, options: dict[str, Any], **_: Any) -> None:
        asked = options.get("queues") or settings.queue_names
        _serve(celery, redis, sender, [asked] if isinstance(asked, str) else list(asked))

    def narrow(instance: Any, **_: Any) -> None:
        """`-Q` may name queues that nothing here fulfils: a worker that took from them would lose what it took."""
        served = {queue.name for queue in celery.conf.task_queues}
        instance.app.amqp.queues.deselect(
            [name for name in instance.app.amqp.queues.consume_from if name not in served]
        )

    signals.celeryd_init.connect(serve, weak=False)
    signals.celeryd_after_setup.connect(narrow, weak=False)
    signals.setup_logging.connect(_logging_is_ours, weak=False)
    signals.task_failure.connect(_on_lost_process(redis), weak=False)
    signals.task_unknown.connect(_on_unknown_task(redis), weak=False)
    return celery


def _options(settings: WorkerSettings) -> dict[str, Any]:
    given = celery_options(settings.celery)
    transport = TRANSPORT | settings.redis.broker_transport_options() | given.pop("broker_transport_options", {})
    return RULES | {"broker_transport_options": transport, "broker_use_ssl": settings.redis.broker_tls()} | given


def _serve(celery: Celery, redis: Redis, name: str, asked: list[str]) -> None:
    try:
        serving = families.serve(asked)
    except families.NothingToServe as error:
        sys.exit(str(error))
    beat = WorkerBeat(
        started_at=datetime.now(UTC),
        queues=list(serving.queues),
        families=list(serving.families),
        version=__version__,
    )
    for fulfilment in fulfilments():
        limit = fulfilment.contract.timeout.total_seconds()
        run = _runner(fulfilment, redis, beat, name)
        celery.task(run, name=fulfilment.contract.name, soft_time_limit=limit, time_limit=limit + HARD_AFTER_SOFT)
    _say_if_root()
    celery.conf.task_queues = [Queue(queue, Exchange(), routing_key=queue) for queue in serving.queues]
    celery.steps["consumer"].add(sign_of_life(redis, beat))
    logger.info("worker.serving", extra={"queues": beat.queues, "families": beat.families})


def _runner(fulfilment: Fulfilment, redis: Redis, beat: WorkerBeat, name: str) -> Callable[[JsonValue], None]:
    def run(job: JsonValue) -> None:
        attempt(fulfilment, job, redis, beat, name)

    return run


def _say_if_root() -> None:
    """In our words and on one line, in place of Celery's."""
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    if os.geteuid() == 0:
        logger.warning("worker.is_root", extra={"advice": "run it as a user of its own"})


def _logging_is_ours(**_: Any) -> None:
    """Being connected is enough: Celery then leaves logging as it is."""


def _on_lost_process(redis: Redis) -> Callable[..., None]:
    def end(task_id: str, exception: BaseException, **_: Any) -> None:
        if isinstance(exception, WorkerLostError):
            message = "The process that ran it died (killed, or out of memory)."
            TaskStream(redis, task_id).end(failed("worker_lost", message))

    return end


def _on_unknown_task(redis: Redis) -> Callable[..., None]:
    def end(name: str, id: str, **_: Any) -> None:  # noqa: A002 - Celery's name for it
        message = f"The worker that took it (version {__version__}) has no task {name!r}."
        TaskStream(redis, id).end(failed("unknown_task", message))

    return end
