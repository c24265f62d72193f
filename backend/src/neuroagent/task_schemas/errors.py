"""The failure vocabulary that crosses the wire: a sentence for the person, a code for the program."""

from typing import Literal

from neuroagent.task_schemas.contract import Message

FailureCode = Literal[
    "invalid_input",  # the job doesn't fit the contract: mend it and submit again
    "unknown_task",  # this worker's build has no such task
    "timed_out",  # the body ran longer than its contract allows
    "worker_lost",  # the process that ran it died
    "failed",  # the body said why it can't be done
    "crashed",  # a bug: the log has the cause under the trace id
]


class Failure(Message):
    """Why there is no answer."""

    code: FailureCode
    message: str


class TaskError(Exception):
    """Raised by a task's body when it can't be done; the message is shown to the person as it is."""
