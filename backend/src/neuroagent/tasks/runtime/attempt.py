"""The edge of the worker: a job comes in, its body runs, and whatever happens becomes one ending or a pause."""

import inspect
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from billiard.exceptions import SoftTimeLimitExceeded
from pydantic import JsonValue, ValidationError
from pydantic_core import PydanticSerializationError, to_json
from redis import Redis

from neuroagent.config.logging import bound
from neuroagent.task_schemas.errors import Failure, FailureCode, Retryable, TaskError
from neuroagent.task_schemas.events import (
    Cancelled,
    Done,
    Ending,
    Failed,
    Pause,
    Retrying,
    SessionLeft,
    Started,
    WaitingInput,
)
from neuroagent.task_schemas.jobs import Job, WorkerBeat
from neuroagent.tasks.runtime.heartbeat import Heartbeat, Interrupted
from neuroagent.tasks.runtime.loop import run_sync
from neuroagent.tasks.runtime.redis import health
from neuroagent.tasks.runtime.renewal import link_renewer, renewer
from neuroagent.tasks.runtime.report import AskPerson, Report
from neuroagent.tasks.runtime.results import ShownTurn
from neuroagent.tasks.runtime.task import Fulfilment
from neuroagent.tasks.runtime.turn import Turn

LARGE: Final = 256 * 1024  # bytes; a larger answer travels as a stored file
Outcome = Ending | Pause

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """Where a worker process works: its line to Redis, its name, and how long it may be silent."""

    redis: Redis
    name: str
    beat: WorkerBeat
    lease: float
    shows_results: bool = False

    def turn(self, job: Job) -> Turn:
        kind = ShownTurn if self.shows_results else Turn
        return kind(self.redis, job.task_id, job.inbox, self.name, self.lease)


def attempt(fulfilment: Fulfilment, payload: JsonValue, desk: Desk) -> None:
    job = Job.model_validate(payload)
    contract = fulfilment.contract
    with bound(task_id=job.task_id, trace_id=job.trace_id, task=contract.name):
        turn = desk.turn(job)
        started = Started(at=_now(), worker=desk.name, trace_id=job.trace_id, attempt=0)
        match turn.claim(contract.queue, contract.retries.attempts, job.attempts, job.sent_at, started):
            case "ended" | "held" | "stale" as reason:
                logger.info("task.skipped", extra={"reason": reason})
            case "cancelled":
                turn.end(Cancelled(at=_now()))
            case "dead":
                turn.end(lost(contract.retries.attempts))
            case number:
                _take(fulfilment, job, replace(turn, attempt=int(number)), desk)


def _take(fulfilment: Fulfilment, job: Job, turn: Turn, desk: Desk) -> None:
    heartbeat = Heartbeat(turn)
    renew, ask_redis = renewer(desk.redis, job.task_id), partial(health, desk.redis)
    another = link_renewer(desk.redis, job.task_id)
    report = Report(job, desk.beat, desk.name, turn.tell, renew, ask_redis, lambda: heartbeat.reason, another)
    begun = perf_counter()
    with heartbeat.kept():
        outcome = _run(fulfilment, job, report, heartbeat, turn.attempt)
        if outcome is None:
            logger.warning("task.lost_to_another")
            return
        if isinstance(outcome, Ending):
            outcome = outcome.model_copy(update={"seconds": round(perf_counter() - begun, 3)})
        told = _told(turn, outcome)
    logger.info("task.attempt_over", extra={"outcome": outcome.type, "attempt": turn.attempt, "told": told})


def _told(turn: Turn, outcome: Outcome) -> str:
    try:
        return _close(turn, outcome)
    except PydanticSerializationError:  # half a character, for one
        logger.exception("task.answer_unspeakable")
        return turn.end(failed("crashed", "Its answer holds something that can't be written down as JSON."))


def _close(turn: Turn, outcome: Outcome) -> str:
    if isinstance(outcome, Retrying | WaitingInput):
        paused = turn.pause(outcome)
        return turn.end(Cancelled(at=outcome.at)) if paused == "cancelled" else paused
    return turn.end(outcome)


def _run(  # noqa: PLR0911 - a way each
    fulfilment: Fulfilment, job: Job, report: Report, heartbeat: Heartbeat, number: int
) -> Outcome | None:
    contract = fulfilment.contract
    try:
        given = contract.decode(job.input)
    except ValidationError as error:
        return failed("invalid_input", contract.misfit(error))
    try:
        with heartbeat.interruptible():
            output = _done(contract.encode_output(_called(fulfilment, given, report)), report)
            report.flush()
    except Interrupted as interruption:
        return Cancelled(at=_now(), session=_left(report)) if interruption.reason == "cancelled" else None
    except AskPerson as asking:
        return WaitingInput(at=_now(), attempt=number, question=asking.question)
    except Retryable as trouble:
        return _again_or_failed(fulfilment, trouble.failure(), number)
    except TaskError as trouble:
        logger.warning("task.failed", extra={"reason": str(trouble)})
        return Failed(at=_now(), failure=trouble.failure())
    except SoftTimeLimitExceeded:
        return failed("soft_timeout", f"It ran longer than the {contract.timeout.total_seconds():g} s it may take.")
    except Exception:
        logger.exception("task.crashed")
        return failed("crashed", f"Something broke inside the task; the log has the cause under trace {job.trace_id}.")
    return output


def _called(fulfilment: Fulfilment, given: Any, report: Report) -> Any:
    answer = fulfilment.body(given, report)
    return run_sync(answer) if inspect.iscoroutine(answer) else answer


def _done(output: JsonValue, report: Report) -> Done:
    """A large answer is put into the store, and its place is told."""
    written = to_json(output)
    session = _left(report)
    if len(written) <= LARGE:
        return Done(at=_now(), output=output, session=session)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        file.write_bytes(written)
        stored = report.store(file, name="answer.json", media_type="application/json")
        return Done(at=_now(), stored=stored, session=session)


def _left(report: Report) -> SessionLeft | None:
    return SessionLeft(id=report.session.id, state=report.session.left) if report.session else None


def _again_or_failed(fulfilment: Fulfilment, failure: Failure, number: int) -> Outcome:
    retries = fulfilment.contract.retries
    if number >= retries.attempts:
        logger.warning("task.gave_up", extra={"reason": failure.message, "attempts": number})
        return Failed(at=_now(), failure=failure)
    pause = retries.pause(number, at_least=failure.retry_after or 0)
    logger.info("task.retrying", extra={"reason": failure.message, "attempt": number, "pause": round(pause, 2)})
    return Retrying(at=_now(), attempt=number, pause=pause, failure=failure)


def failed(code: FailureCode, message: str) -> Failed:
    return Failed(at=_now(), failure=Failure(code=code, message=message))


def lost(attempts: int) -> Failed:
    return failed("worker_lost", f"The process that ran it died {attempts} times (killed, or out of memory).")


def _now() -> datetime:
    return datetime.now(UTC)
