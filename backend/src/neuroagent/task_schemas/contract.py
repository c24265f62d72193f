"""A task as both sides know it: what it is called, where it runs, what goes in and out."""

from dataclasses import dataclass
from datetime import timedelta
from random import uniform
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

STOPPING: Final = timedelta(seconds=5)  # between asking a body to stop and ending its process


class Message(BaseModel):
    """Anything that crosses between the app and a worker: frozen, and nothing in it unannounced."""

    model_config = ConfigDict(frozen=True, extra="forbid")


In = TypeVar("In", bound=Message)
Out = TypeVar("Out", bound=Message)


@dataclass(frozen=True)
class Retries:
    """How often a task may be started, and how long it rests in the ledger before the next time."""

    attempts: int = 3
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(minutes=1)

    def pause(self, attempt: int, at_least: float = 0.0) -> float:
        """Seconds after this attempt: doubling each time, within half of it at random, up to the cap."""
        grown = min(self.first_pause.total_seconds() * 2 ** (attempt - 1), self.longest_pause.total_seconds())
        return max(uniform(grown / 2, grown), at_least)  # noqa: S311 - spreads retries, keeps no secret


@dataclass(frozen=True)
class TaskContract(Generic[In, Out]):
    """The agreement on one task; the fulfiller is `@task(CONTRACT)` in the family's worker folder."""

    name: str
    queue: str
    input: type[In]
    output: type[Out]
    timeout: timedelta
    summary: str
    retries: Retries = Retries()
    sessions: bool = False  # its input names a `session`: runs of one come one after the other, and find its state

    @property
    def family(self) -> str:
        """One word runs through a family: its schema module, worker folder and extra are called this."""
        return self.input.__module__.rpartition(".")[2]

    @property
    def hard_timeout(self) -> timedelta:
        """When a body that didn't stop is ended with its process."""
        return self.timeout + STOPPING

    def session_of(self, job: In) -> str | None:
        """The name of the session that this job goes on with."""
        return getattr(job, "session", None) if self.sessions else None

    def encode(self, job: In) -> JsonValue:
        """Taking In here keeps the type checker honest: a contract accepts its own jobs only."""
        return job.model_dump(mode="json")

    def decode(self, job: JsonValue) -> In:
        return self.input.model_validate(job)

    def misfit(self, error: ValidationError) -> str:
        """What is wrong with an input, in a sentence without the input itself."""
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'input'}: {problem['msg']}" for problem in problems)
        return f"The input doesn't fit {self.name!r}: {said}"

    def encode_output(self, output: Out) -> JsonValue:
        return output.model_dump(mode="json")

    def decode_output(self, output: JsonValue) -> Out:
        return self.output.model_validate(output)
