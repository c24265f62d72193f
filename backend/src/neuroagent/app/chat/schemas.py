"""What travels between a client and the conversation."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from neuroagent.app.chat.ask import Question
from neuroagent.app.chat.models import MessageRow, RunRow, ThreadRow
from neuroagent.app.errors import InvalidInput

LONGEST_TEXT = 200_000
NO_ZEROS = r"^[^\x00]*$"  # PostgreSQL keeps none
MOST_ANSWERS = 100
THREAD: dict[str, JsonValue] = {
    "id": "demo",
    "title": "How many cells are there?",
    "pinned": False,
    "head": "a1",
    "tools": None,
    "circuit": None,
    "model": None,
    "created_at": "2026-01-01T12:00:00Z",
    "updated_at": "2026-01-01T12:00:05Z",
    "runs": [],
}
ASKED: dict[str, JsonValue] = {
    "id": "demo",
    "messages": [{"id": "u1", "role": "user", "parts": [{"type": "text", "text": "/python 6 * 7"}]}],
    "trigger": "submit-message",
}


class SentMessage(BaseModel):
    """A message as the AI SDK's clients send it; of those before the last one only the ids are looked at."""

    id: str | None = Field(None, max_length=100, pattern=r"^[\x21-\x7e]*$")
    role: Literal["system", "user", "assistant"]
    parts: list[dict[str, Any]] = Field([], max_length=1_000)

    @property
    def text(self) -> str:
        said = [part.get("text") for part in self.parts if part.get("type") == "text"]
        text = "\n\n".join(one for one in said if isinstance(one, str))[:LONGEST_TEXT]
        return text.encode(errors="replace").decode()  # half a character, which JSON may carry, is none


class GivenAnswer(BaseModel):
    """A person's answer as the AI SDK's clients send it."""

    id: str = Field(max_length=100)
    approved: bool
    reason: str | None = Field(None, max_length=2_000)


class AnsweredCall(BaseModel):
    """A tool call with that answer; the arguments are those that the person saw."""

    toolCallId: str = Field(max_length=100)  # noqa: N815 - the AI SDK spells it so
    input: JsonValue = None
    approval: GivenAnswer


class ChatRequest(BaseModel):
    """What the AI SDK's `useChat` posts; its history isn't trusted: ours counts."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKED]})

    id: str = Field(max_length=100)
    messages: list[SentMessage] = Field(max_length=10_000)
    trigger: Literal["submit-message", "regenerate-message"] = "submit-message"
    messageId: str | None = Field(None, max_length=100, pattern=r"^[\x21-\x7e]*$")  # noqa: N815 - the AI SDK spells it so

    @property
    def is_of_the_person(self) -> bool:
        """Their words come last, or no words are needed."""
        return self.trigger != "submit-message" or bool(self.messages and self.messages[-1].role == "user")

    @property
    def question(self) -> Question:
        last = self.messages[-1]
        after = self.messages[-2].id if len(self.messages) > 1 else None
        return Question(last.text, last.id, after, self.messageId)

    @property
    def answered_calls(self) -> list[AnsweredCall]:
        """The calls that a person has just answered about: in the last message, when it is the assistant's."""
        last = self.messages[-1] if self.messages else None
        if last is None or last.role != "assistant" or self.trigger != "submit-message":
            return []
        answered = [part for part in last.parts if part.get("state") == "approval-responded"]
        try:
            return [AnsweredCall.model_validate(part) for part in answered[:MOST_ANSWERS]]
        except ValidationError:
            raise InvalidInput("An answer has an `approval` with `id` and `approved`, and a `toolCallId`.") from None


class StopRequest(BaseModel):
    """Which run to stop; none: whichever runs."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"run": None}]})

    run: str | None = Field(None, max_length=36)


class RunView(BaseModel):
    """An answer under way."""

    id: str
    state: str
    question: str
    answer: str
    created_at: datetime

    @classmethod
    def of(cls, row: RunRow) -> Self:
        return cls(id=row.id, state=row.state, question=row.question, answer=row.answer, created_at=row.created_at)


class ThreadView(BaseModel):
    """A conversation; `runs` are the answers under way: one that runs, and those that wait."""

    model_config = ConfigDict(json_schema_extra={"examples": [THREAD]})

    id: str
    title: str
    pinned: bool
    head: str | None = Field(description="The message at the end of the branch that is open.")
    tools: list[str] | None = Field(description="The tools the model may use; none are named: all.")
    circuit: str | None = Field(description="The circuit that it is about; none: the newest is asked.")
    model: str | None = Field(None, description="Who answers; none is named: the default model.")
    created_at: datetime
    updated_at: datetime
    runs: list[RunView] = []

    @classmethod
    def of(cls, row: ThreadRow, runs: list[RunView] | None = None) -> Self:
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "runs"}
        return cls(**shown, runs=runs or [])


class ThreadPage(BaseModel):
    """Some of your threads, used last first; `next` is the cursor of those before them."""

    threads: list[ThreadView]
    next: str | None = None


class NewThread(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"title": "Layer 5"}]})

    title: str = Field("", max_length=200, pattern=NO_ZEROS)
    circuit: str | None = Field(None, min_length=1, max_length=100, description="Which of your circuits it is about.")


class ThreadChange(BaseModel):
    """What is named is changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"title": "Layer 5", "pinned": True}]})

    title: str | None = Field(None, min_length=1, max_length=200, pattern=NO_ZEROS)
    pinned: bool | None = None
    head: str | None = Field(None, min_length=1, max_length=100, description="A message: the branch it is in opens.")
    tools: list[str] | None = Field(None, max_length=200)
    circuit: str | None = Field(None, min_length=1, max_length=100, description="Which of your circuits it is about.")
    model: str | None = Field(None, max_length=100, description="One of /api/models; null: the default one.")


class MessageView(BaseModel):
    """A message as the page shows it; `parent` makes the tree."""

    id: str
    parent: str | None
    role: str
    state: str = Field(description="complete, stopped, failed or interrupted")
    parts: list[dict[str, Any]]
    model: str
    tokens_in: int
    tokens_out: int
    cost: float | None = Field(description="By the prices set when it was answered; null: none were.")
    created_at: datetime

    @classmethod
    def of(cls, row: MessageRow) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class MessageTree(BaseModel):
    """All messages, each after its parent, and the ids from the first to the one at the end of the open branch."""

    messages: list[MessageView]
    branch: list[str]
