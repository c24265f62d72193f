"""The failure vocabulary that crosses the wire: a sentence for the person, a code for the program."""

from typing import ClassVar, Literal

from pydantic import Field

from neuroagent.task_schemas.contract import Message

FailureCode = Literal[
    "retryable",  # it may work another time
    "rate_limited",  # a service asked us to come back later
    "external_service",  # a service we need doesn't do its part
    "database",  # a database we need doesn't
    "permanent",  # the body said why it can't be done; `error_code` tells programs which reason it was
    "soft_timeout",  # it took longer than its contract allows, and was asked to stop
    "hard_timeout",  # it didn't stop when asked, and its process was ended
    "worker_lost",  # the process that ran it died, as often as the contract lets it be tried
    "invalid_input",  # the job doesn't fit the contract: mend it and submit again
    "unknown_task",  # the worker's version has no such task
    "crashed",  # a bug: the log has the cause under the trace id
]


class Failure(Message):
    """Why there is no answer."""

    code: FailureCode
    message: str
    error_code: str | None = None
    service: str | None = None
    retry_after: float | None = Field(None, ge=0, description="Seconds that a service asked us to wait.")


#   TaskError                 raised by a body when it can't be done; its message is shown to the person as it is
#   ├── Permanent             it won't work another time either (as a plain TaskError)
#   ├── InvalidInput          what was asked for makes no sense
#   └── Retryable             it may work another time: tried again as the contract says
#       ├── RateLimited       … not before `retry_after`
#       ├── ExternalService   … when the service is there again
#       └── Database          … when the database is


class TaskError(Exception):
    code: ClassVar[FailureCode] = "permanent"

    def failure(self) -> Failure:
        return Failure(code=self.code, message=str(self))


class Permanent(TaskError):
    def __init__(self, message: str, error_code: str) -> None:
        super().__init__(message)
        self.error_code = error_code

    def failure(self) -> Failure:
        return super().failure().model_copy(update={"error_code": self.error_code})


class InvalidInput(TaskError):
    code = "invalid_input"


class Retryable(TaskError):
    code: ClassVar[FailureCode] = "retryable"


class RateLimited(Retryable):
    code = "rate_limited"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    def failure(self) -> Failure:
        return super().failure().model_copy(update={"retry_after": self.retry_after})


class ExternalService(Retryable):
    code = "external_service"

    def __init__(self, message: str, service: str) -> None:
        super().__init__(message)
        self.service = service

    def failure(self) -> Failure:
        return super().failure().model_copy(update={"service": self.service})


class Database(Retryable):
    code = "database"
