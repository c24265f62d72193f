"""What the worker's main process says of a task whose own process can't: it died, or had to be ended."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from billiard.einfo import ExceptionWithTraceback
from celery import Task
from celery.exceptions import WorkerLostError
from celery.worker.request import Request

from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Retrying
from neuroagent.task_schemas.jobs import Job
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.attempt import Desk, failed, lost
from neuroagent.tasks.runtime.task import Fulfilment
from neuroagent.tasks.runtime.turn import Turn

logger = logging.getLogger(__name__)


class WatchedRequest(Request):  # type: ignore[misc]  # Celery ships no types
    """One task in the hands of one process of the pool."""

    def on_timeout(self, soft: bool, timeout: float) -> None:
        super().on_timeout(soft, timeout)
        if not soft:
            self.task.watch.was_ended(Job.model_validate(self.args[0]))

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        trouble = exc_info.exception
        cause = trouble.exc if isinstance(trouble, ExceptionWithTraceback) else trouble
        if isinstance(cause, WorkerLostError):
            self.task.watch.was_lost(Job.model_validate(self.args[0]))
        return super().on_failure(exc_info, send_failed_event, return_ok)


class WatchedTask(Task):  # type: ignore[misc]  # as above
    abstract = True
    Request = "neuroagent.tasks.runtime.request:WatchedRequest"
    watch: "Watch"


class Watch:
    """The last word on attempts of one contract."""

    def __init__(self, fulfilment: Fulfilment, desk: Desk) -> None:
        self._contract = fulfilment.contract
        self._desk = desk

    def was_lost(self, job: Job) -> None:
        turn = self._turn(job)
        logger.warning("task.process_died", extra={"task_id": job.task_id, "attempt": turn.attempt})
        if turn.attempt >= self._contract.retries.attempts:
            turn.end(lost(turn.attempt))
            return
        failure = Failure(code="worker_lost", message="The process that ran it died.")
        turn.pause(Retrying(at=datetime.now(UTC), attempt=max(turn.attempt, 1), pause=0, failure=failure))

    def was_ended(self, job: Job) -> None:
        seconds = self._contract.hard_timeout.total_seconds()
        self._turn(job).end(failed("hard_timeout", f"It didn't stop when asked, and was ended after {seconds:g} s."))

    def _turn(self, job: Job) -> Turn:
        """The turn as the lost process had it."""
        attempts = self._desk.redis.get(Keys(job.task_id).attempts)
        return replace(self._desk.turn(job), attempt=int(attempts or 0))
