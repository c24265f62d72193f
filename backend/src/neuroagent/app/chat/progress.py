"""How far a run is: enough for another process to go on from its last completed step."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from neuroagent.app.llm.model import calls_of, from_tools
from neuroagent.app.llm.speech import Answered, Call, Reply


class AnswerKept(BaseModel):
    """A tool's answer that is there already: it isn't asked for again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    outcome: Literal["done", "failed", "mend", "denied"]
    output: JsonValue = None


@dataclass(frozen=True)
class Awaited:
    """A call can't be made before a person has said yes."""

    approval_id: str


class Checkpoint(BaseModel):
    """What is written down of a run under way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exchange: list[JsonValue] = []
    answers: dict[str, AnswerKept] = {}
    parts: list[dict[str, Any]] = []
    begun: list[str] = []
    steps: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    model: str = ""


@dataclass
class Progress:
    """`exchange` is what this run adds to the history; `answers` those to the calls of its last reply.

    `begun` are the calls of tools elsewhere, which nobody can ask whether they had begun.
    """

    exchange: list[JsonValue] = field(default_factory=list)
    answers: dict[str, AnswerKept] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    steps: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    model: str = ""
    """Who replied last: not always the one that was asked first."""

    @classmethod
    def after(cls, kept: Checkpoint) -> "Progress":
        given = kept.model_dump(exclude={"parts", "answers"})
        return cls(**given, answers=dict(kept.answers))

    def checkpoint(self, parts: Sequence[dict[str, Any]]) -> Checkpoint:
        return Checkpoint(
            exchange=self.exchange,
            answers=self.answers,
            parts=list(parts),
            begun=self.begun,
            steps=self.steps,
            calls=self.calls,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            model=self.model,
        )

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    @property
    def has_replied(self) -> bool:
        """The last word is the model's."""
        last = self.exchange[-1] if self.exchange else None
        return isinstance(last, dict) and last.get("kind") == "response"

    @property
    def open_calls(self) -> tuple[Call, ...]:
        return calls_of(self.exchange[-1]) if self.has_replied else ()

    def replied(self, reply: Reply) -> None:
        self.exchange.append(reply.entry)
        self.model = reply.model
        self.answers = {}
        self.steps += 1
        self.calls += len(reply.calls)
        self.tokens_in += reply.tokens_in
        self.tokens_out += reply.tokens_out

    def answered(self, answers: Sequence[Answered]) -> None:
        self.exchange.append(from_tools(answers))
        self.answers = {}
