"""A Celery worker made of our contracts: what it serves, by which rules, and what is said when a process dies."""

import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from celery import Celery, signals
from kombu import Exchange, Queue
from pydantic import JsonValue
from redis import Redis

from neuroagent import __version__
from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.jobs import Job, WorkerBeat
from neuroagent.tasks.config import WorkerSettings
from neuroagent.tasks.runtime import families
from neuroagent.tasks.runtime.attempt import Desk, attempt, failed
from neuroagent.tasks.runtime.beat import sign_of_life
from neuroagent.tasks.runtime.options import celery_options
from neuroagent.tasks.runtime.poller import read_only_what_is_there
from neuroagent.tasks.runtime.redis import connect
from neuroagent.tasks.runtime.request import Watch, WatchedTask
from neuroagent.tasks.runtime.task import Fulfilment, fulfilments
from neuroagent.tasks.runtime.turn import Turn

logger = logging.getLogger(__name__)

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
TRANSPORT: Final = {
    "ack_emulation": False,  # two transactions a task for a promise that Redis can't keep: ledger and leases keep it
    "sep": ":",
    "socket_timeout": 5.0,  # Celery waits for a message for a second at a time; longer is a line that is dead
}


def create_worker(settings: WorkerSettings) -> Celery:
    read_only_what_is_there()
    celery = Celery("neuroagent", broker=settings.redis.broker_url(), set_as_current=False)
    celery.conf.update(_options(settings))
    redis = connect(settings.redis)

    def serve(sender: str, options: dict[str, Any], **_: Any) -> None:
        asked = options.get("queues") or settings.queue_names
        _serve(celery, redis, settings, sender, [asked] if isinstance(asked, str) else list(asked))

    def narrow(instance: Any, **_: Any) -> None:
        """`-Q` may name queues that nothing here fulfils: a worker that took from them would lose what it took."""
        served = {queue.name for queue in celery.conf.task_queues}
        instance.app.amqp.queues.deselect(
            [name for name in instance.app.amqp.queues.consume_from if name not in served]
        )

    signals.celeryd_init.connect(serve, weak=False)
    signals.celeryd_after_setup.connect(narrow, weak=False)
    signals.setup_logging.connect(_logging_is_ours, weak=False)
    signals.task_unknown.connect(_on_unknown_task(redis), weak=False)
    return celery


def _options(settings: WorkerSettings) -> dict[str, Any]:
    given = celery_options(settings.celery)
    transport = TRANSPORT | settings.redis.broker_transport_options() | given.pop("broker_transport_options", {})
    return RULES | {"broker_transport_options": transport, "broker_use_ssl": settings.redis.broker_tls()} | given


def _serve(celery: Celery, redis: Redis, settings: WorkerSettings, name: str, asked: list[str]) -> None:
    try:
        serving = families.serve(asked)
    except families.NothingToServe as error:
        sys.exit(str(error))
    beat = WorkerBeat(
        started_at=datetime.now(UTC),
        queues=list(serving.queues),
        families=list(serving.families),
        version=__version__,
        offers={one.contract.name: said for one in fulfilments() if one.offer is not None and (said := one.offer())},
    )
    desk = Desk(redis, name, beat, settings.lease, settings.shows_results)
    for fulfilment in fulfilments():
        _register(celery, fulfilment, desk)
    celery.conf.task_queues = [Queue(queue, Exchange(), routing_key=queue) for queue in serving.queues]
    longest = max(fulfilment.contract.hard_timeout for fulfilment in fulfilments())
    signals.worker_process_init.connect(_open_what_jobs_need, weak=False)
    celery.steps["consumer"].add(sign_of_life(redis, beat, longest))
    _say_if_root()
    logger.info("worker.serving", extra={"queues": beat.queues, "families": beat.families})


def _register(celery: Celery, fulfilment: Fulfilment, desk: Desk) -> None:
    contract = fulfilment.contract

    def run(job: JsonValue) -> None:
        attempt(fulfilment, job, desk)

    celery.task(
        run,
        name=contract.name,
        base=WatchedTask,
        watch=Watch(fulfilment, desk),
        soft_time_limit=contract.timeout.total_seconds(),
        time_limit=contract.hard_timeout.total_seconds(),
    )


def _open_what_jobs_need(**_: Any) -> None:
    """Beside the start, for Celery ends a process that takes long over it."""
    for fulfilment in fulfilments():
        if fulfilment.at_start is not None:
            threading.Thread(target=_open, args=(fulfilment.contract.name, fulfilment.at_start), daemon=True).start()


def _open(name: str, at_start: Callable[[], object]) -> None:
    try:
        at_start()
    except TaskError as error:
        logger.warning("task.not_ready", extra={"task": name, "reason": str(error)})


def _say_if_root() -> None:
    """In our words and on one line, in place of Celery's."""
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    if os.geteuid() == 0:
        logger.warning("worker.is_root", extra={"advice": "run it as a user of its own"})


def _logging_is_ours(**_: Any) -> None:
    """Being connected is enough: Celery then leaves logging as it is."""


def _on_unknown_task(redis: Redis) -> Callable[..., None]:
    def end(name: str, id: str, message: Any, **_: Any) -> None:  # noqa: A002 - Celery's name for it
        [job], _kwargs, _embed = message.payload
        turn = Turn(redis, id, Job.model_validate(job).inbox, "", 0)
        turn.end(failed("unknown_task", f"The worker that took it (version {__version__}) has no task {name!r}."))

    return end
