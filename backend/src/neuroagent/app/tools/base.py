"""A tool is thin: a name, a sentence, what the model fills in, and the contract that does the work."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from inspect import isawaitable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from neuroagent.app.circuits.service import Circuits
from neuroagent.app.errors import InvalidInput
from neuroagent.app.llm.speech import Offer
from neuroagent.app.tools.policy import Policy
from neuroagent.task_schemas.contract import In, Out, TaskContract
from neuroagent.task_schemas.files import StoredFile


class Arguments(BaseModel):
    """What a model, or a person, fills in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Args = TypeVar("Args", bound=Arguments)


@dataclass(frozen=True)
class ToolContext:
    """On whose behalf, and in which thread, a tool is called; without a thread nothing is kept for the next call.

    `circuit` is the one that the thread is about, `last` the task of each tool's last answer in it; `files` are those
    that the person has put into the thread.
    """

    owner: str
    trace_id: str
    thread_id: str | None = None
    circuits: Circuits | None = None
    circuit: str | None = None
    last: Mapping[str, str] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True)
class Tool(Generic[Args, In, Out]):
    """`told` is the answer as the model reads it; the page gets all of it. A deployment may set `approval` apart."""

    name: str
    description: str
    arguments: type[Args]
    contract: TaskContract[In, Out]
    job: Callable[[Args, ToolContext], In | Awaitable[In]]
    told: Callable[[Out], str]
    patience: timedelta | None = None
    approval: Policy = "never"

    @property
    def offer(self) -> Offer:
        return Offer(self.name, self.description, self.arguments.model_json_schema())

    async def job_of(self, given: JsonValue, context: ToolContext) -> In:
        """InvalidInput and NotFound say what the model, or the person, has to mend."""
        try:
            job = self.job(self.arguments.model_validate(given), context)
            return await job if isawaitable(job) else job
        except ValidationError as error:
            raise InvalidInput(self.misfit(error)) from None

    def filled_in(self, given: JsonValue) -> dict[str, JsonValue]:
        """All of its arguments, with those that nobody named."""
        try:
            return self.arguments.model_validate(given).model_dump(mode="json")
        except ValidationError as error:
            raise InvalidInput(self.misfit(error)) from None

    def misfit(self, error: ValidationError) -> str:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'arguments'}: {problem['msg']}" for problem in problems
        )
        return f"The arguments don't fit {self.name!r}: {said}"


AnyTool = Tool[Any, Any, Any]
