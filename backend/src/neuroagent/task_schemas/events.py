"""What is told about a task while it runs, and the stream it is told on; the last event carries the answer."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, JsonValue, TypeAdapter

from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.errors import Failure

KEPT: Final = timedelta(days=1)
FIELD: Final = "event"  # the one field of a stream entry


class Started(Message):
    type: Literal["started"] = "started"
    at: AwareDatetime
    worker: str
    trace_id: str


class Progress(Message):
    type: Literal["progress"] = "progress"
    fraction: float | None = Field(None, ge=0, le=1)
    text: str = Field("", max_length=2_000)


class Log(Message):
    type: Literal["log"] = "log"
    stream: Literal["stdout", "stderr"] = "stdout"
    text: str = Field(max_length=64_000)


class Done(Message):
    type: Literal["done"] = "done"
    at: AwareDatetime
    output: JsonValue


class Failed(Message):
    type: Literal["failed"] = "failed"
    at: AwareDatetime
    failure: Failure


Ending = Done | Failed
Event = Annotated[Started | Progress | Log | Done | Failed, Field(discriminator="type")]
events: TypeAdapter[Event] = TypeAdapter(Event)


def stream_key(task_id: str) -> str:
    return f"task:{task_id}:progress"
