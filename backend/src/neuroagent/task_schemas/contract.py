"""A task as both sides know it: what it is called, where it runs, what goes in and out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue


class Message(BaseModel):
    """Anything that crosses between the app and a worker: frozen, and nothing in it unannounced."""

    model_config = ConfigDict(frozen=True, extra="forbid")


In = TypeVar("In", bound=Message)
Out = TypeVar("Out", bound=Message)


@dataclass(frozen=True)
class TaskContract(Generic[In, Out]):
    """The agreement on one task; the fulfiller is `@task(CONTRACT)` in the family's worker folder."""

    name: str
    queue: str
    input: type[In]
    output: type[Out]
    timeout: timedelta
    summary: str

    @property
    def family(self) -> str:
        """One word runs through a family: its schema module, worker folder and extra are called this."""
        return self.input.__module__.rpartition(".")[2]

    def encode(self, job: In) -> JsonValue:
        """Taking In here keeps the type checker honest: a contract accepts its own jobs only."""
        return job.model_dump(mode="json")

    def decode(self, job: JsonValue) -> In:
        return self.input.model_validate(job)

    def encode_output(self, output: Out) -> JsonValue:
        return output.model_dump(mode="json")

    def decode_output(self, output: JsonValue) -> Out:
        return self.output.model_validate(output)
