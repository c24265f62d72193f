"""What is told about a task while it runs, and the stream it is told on; the last event carries the answer."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, JsonValue, TypeAdapter

from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.files import StoredFile

KEPT: Final = timedelta(days=1)
FIELD: Final = "event"  # the field of a stream entry that holds the event


class Queued(Message):
    type: Literal["queued"] = "queued"
    at: AwareDatetime
    place: int = Field(ge=0, description="How many stood before it in its queue.")


class Started(Message):
    type: Literal["started"] = "started"
    at: AwareDatetime
    worker: str
    trace_id: str
    attempt: int = Field(ge=0, description="Comes last: it is filled in where the turn is given.")


class Progress(Message):
    type: Literal["progress"] = "progress"
    fraction: float | None = Field(None, ge=0, le=1)
    text: str = Field("", max_length=2_000)


class Log(Message):
    type: Literal["log"] = "log"
    stream: Literal["stdout", "stderr"] = "stdout"
    text: str = Field(max_length=64_000)


class Artifact(Message):
    """A file that can be fetched while the task goes on."""

    type: Literal["artifact"] = "artifact"
    file: StoredFile


class Retrying(Message):
    """The attempt failed; another comes after a pause in the ledger."""

    type: Literal["retrying"] = "retrying"
    at: AwareDatetime
    attempt: int = Field(ge=1)
    pause: float = Field(ge=0, description="Seconds until the next attempt.")
    failure: Failure


class WaitingInput(Message):
    """The attempt ended with a question to a person; the answer starts the next one."""

    type: Literal["waiting_input"] = "waiting_input"
    at: AwareDatetime
    attempt: int = Field(ge=1)
    question: JsonValue


class SessionLeft(Message):
    """How a task leaves the session it was lent; without a state, as it found it."""

    id: str
    state: StoredFile | None = None


class Done(Message):
    type: Literal["done"] = "done"
    at: AwareDatetime
    attempt: int = Field(0, ge=0)
    output: JsonValue = None
    stored: StoredFile | None = Field(None, description="Where a large output lies, in place of `output`.")
    session: SessionLeft | None = None
    seconds: float = Field(0, ge=0, description="How long the attempt worked.")


class Failed(Message):
    type: Literal["failed"] = "failed"
    at: AwareDatetime
    attempt: int = Field(0, ge=0)
    failure: Failure
    seconds: float = Field(0, ge=0, description="How long the attempt worked.")


class Cancelled(Message):
    type: Literal["cancelled"] = "cancelled"
    at: AwareDatetime
    session: SessionLeft | None = None
    seconds: float = Field(0, ge=0, description="How long the attempt worked.")


Ending = Done | Failed | Cancelled
Pause = Retrying | WaitingInput
Telling = Started | Progress | Log | Artifact
Event = Annotated[Queued | Telling | Pause | Ending, Field(discriminator="type")]
events: TypeAdapter[Event] = TypeAdapter(Event)


def stream_key(task_id: str) -> str:
    return f"task:{task_id}:progress"
