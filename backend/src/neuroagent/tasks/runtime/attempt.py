"""The edge of the worker: a job comes in, its body runs, and whatever happens becomes one ending."""

import logging
from datetime import UTC, datetime
from functools import partial

from billiard.exceptions import SoftTimeLimitExceeded
from pydantic import JsonValue, ValidationError
from pydantic_core import PydanticSerializationError
from redis import Redis

from neuroagent.config.logging import bound
from neuroagent.task_schemas.errors import Failure, FailureCode, TaskError
from neuroagent.task_schemas.events import Done, Ending, Failed, Started
from neuroagent.task_schemas.jobs import Job, WorkerBeat
from neuroagent.tasks.runtime.redis import health
from neuroagent.tasks.runtime.renewal import renewer
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.stream import TaskStream
from neuroagent.tasks.runtime.task import Fulfilment
from neuroagent.tasks.transfer import TransferError

logger = logging.getLogger(__name__)


def attempt(fulfilment: Fulfilment, payload: JsonValue, redis: Redis, worker: WorkerBeat, name: str) -> None:
    job = Job.model_validate(payload)
    with bound(task_id=job.task_id, trace_id=job.trace_id, task=fulfilment.contract.name):
        stream = TaskStream(redis, job.task_id)
        if stream.has_ended():
            logger.info("task.skipped", extra={"reason": "it has ended already"})
            return
        stream.tell(Started(at=datetime.now(UTC), worker=name, trace_id=job.trace_id))
        report = Report(job, worker, name, stream.tell, renewer(redis, job.task_id), partial(health, redis))
        ending = _run(fulfilment, job, report)
        try:
            first = stream.end(ending)
        except PydanticSerializationError:  # half a character, for one
            logger.exception("task.answer_unspeakable")
            first = stream.end(failed("crashed", "Its answer holds something that can't be written down as JSON."))
        logger.info("task.ended", extra={"ending": ending.type, "first": first})


def _run(fulfilment: Fulfilment, job: Job, report: Report) -> Ending:
    contract = fulfilment.contract
    try:
        given = contract.decode(job.input)
    except ValidationError as error:
        return failed("invalid_input", f"The input doesn't fit {contract.name!r}: {_sentence(error)}")
    try:
        output = contract.encode_output(fulfilment.body(given, report))
    except (TaskError, TransferError) as error:
        logger.warning("task.failed", extra={"reason": str(error)})
        return failed("failed", str(error))
    except SoftTimeLimitExceeded:
        return failed("timed_out", f"It ran longer than the {contract.timeout.total_seconds():g} s it may take.")
    except Exception:
        logger.exception("task.crashed")
        return failed("crashed", f"Something broke inside the task; the log has the cause under trace {job.trace_id}.")
    return Done(at=datetime.now(UTC), output=output)


def failed(code: FailureCode, message: str) -> Failed:
    return Failed(at=datetime.now(UTC), failure=Failure(code=code, message=message))


def _sentence(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'input'}: {problem['msg']}" for problem in problems)
