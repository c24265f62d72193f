"""Tier 1: the question to a model, in a fixed shape, checked against the data, with one chance to mend it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from neuroagent.task_schemas.circuit import PreviousQuestion
from neuroagent.tasks.circuit.profile import Profile
from neuroagent.tasks.circuit.question.described import as_data
from neuroagent.tasks.circuit.question.literals import strangers
from neuroagent.tasks.llm import ChatMessage, Llm, Usage

Trial = Callable[[str], str | None]  # a statement's trouble in the engine's words, or nothing

MOST_COMPLETION: Final = 2_000
ROUNDS: Final = 2  # the answer, and one repair
LETTERS_A_TOKEN: Final = 3  # at least, so that a budget is rather kept than broken
MOST_BEFORE: Final = 5
LONGEST_TROUBLE: Final = 600
SCHEMA: Final[dict[str, JsonValue]] = {
    "type": "object",
    "properties": {"answerable": {"type": "boolean"}, "sql": {"type": "string"}, "reading": {"type": "string"}},
    "required": ["answerable", "sql", "reading"],
    "additionalProperties": False,
}


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answerable: bool
    sql: str = Field("", max_length=20_000)
    reading: str = Field("", max_length=4_000)


@dataclass(frozen=True)
class ModelReading:
    """With no SQL the reading says what is missing."""

    sql: str
    reading: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Model:
    llm: Llm
    name: str = ""
    most_tokens: int = 20_000

    def read(self, question: str, profile: Profile, previous: Sequence[PreviousQuestion], trial: Trial) -> ModelReading:
        """Each round costs; none is begun that could go beyond the budget."""
        messages = _messages(question, profile, previous)
        usage = Usage()
        trouble = "it was not tried"
        for _ in range(ROUNDS):
            if usage.total + _cost(messages) > self.most_tokens:
                return ModelReading("", f"The question would cost more than {self.most_tokens} tokens.", usage)
            completion = self.llm.complete(messages, SCHEMA, most_tokens=MOST_COMPLETION, model=self.name)
            usage += completion.usage
            said = _said(completion.text)
            if said is not None and not (said.answerable and said.sql.strip()):
                return ModelReading("", said.reading or "The model can't answer that from this table.", usage)
            found = _trouble(said, profile, trial)
            if said is not None and found is None:
                return ModelReading(said.sql.strip(), said.reading, usage)
            trouble = found or trouble
            messages = [*messages, ChatMessage("assistant", completion.text[:4_000]), _repair(trouble)]
        return ModelReading("", f"The model's query doesn't work, also after it was told why: {trouble}", usage)


def _messages(question: str, profile: Profile, previous: Sequence[PreviousQuestion]) -> list[ChatMessage]:
    prompt = resources.files(__package__).joinpath("prompt.md").read_text(encoding="utf-8")
    thread = [
        message
        for before in previous[-MOST_BEFORE:]
        for message in (ChatMessage("user", before.question), ChatMessage("assistant", before.sql or before.reading))
        if message.content
    ]
    asked = ChatMessage("user", f"{as_data(profile, question)}\n\nQuestion: {question}")
    return [ChatMessage("system", prompt), *thread, asked]


def _cost(messages: Sequence[ChatMessage]) -> int:
    return sum(len(message.content) for message in messages) // LETTERS_A_TOKEN + MOST_COMPLETION


def _said(text: str) -> _Said | None:
    """The object in the answer; some services put it between fences."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return _Said.model_validate_json(text[start : end + 1])
    except ValidationError:
        return None


def _trouble(said: _Said | None, profile: Profile, trial: Trial) -> str | None:
    if said is None:
        return "The answer was not the JSON object that was asked for."
    return " ".join(strangers(said.sql, profile)) or trial(said.sql)


def _repair(trouble: str) -> ChatMessage:
    return ChatMessage("user", f"That doesn't work: {trouble[:LONGEST_TROUBLE]}\nMend it, and answer in the same form.")
