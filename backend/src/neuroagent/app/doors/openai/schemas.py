"""What a client of the OpenAI API sends, as far as it is read here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from neuroagent.app.chat.schemas import LONGEST_TEXT
from neuroagent.app.doors.openai.errors import Refused

Role = Literal["system", "user", "assistant"]
ROLES: Final[dict[str, Role]] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
HALF: Final = re.compile("[\ud800-\udfff]")
EXAMPLE: dict[str, JsonValue] = {"model": "built-in", "messages": [{"role": "user", "content": "/python 6 * 7"}]}


class Piece(BaseModel):
    """A part of a message's content."""

    type: str = Field(max_length=100)
    text: str | None = None
    refusal: str | None = None


class SentMessage(BaseModel):
    role: str = Field(max_length=100)
    content: str | list[Piece] | None = None
    tool_calls: list[Any] | None = None


class StreamOptions(BaseModel):
    include_usage: bool | None = False


class CompletionRequest(BaseModel):
    """What isn't named here, as `temperature`, is the deployment's choice: it is taken and not looked at."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    model: str = Field(max_length=500)
    messages: list[SentMessage] = Field(min_length=1, max_length=2_000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)


@dataclass(frozen=True)
class Line:
    """One message of a history, as words."""

    role: Role
    text: str


@dataclass(frozen=True)
class Conversation:
    """What was said before, as the client tells it, and what is asked now."""

    earlier: tuple[Line, ...]
    question: str


def conversation(asked: CompletionRequest) -> Conversation:
    """Refused says what this door can't do, before anything is written down."""
    _refuse_what_we_do_not(asked)
    lines = [line for place, message in enumerate(asked.messages) for line in _lines(place, message)]
    if not lines or lines[-1].role != "user":
        raise Refused("The last message must be the person's: role `user`, with some text in it.", "messages")
    return Conversation(tuple(lines[:-1]), lines[-1].text)


def _refuse_what_we_do_not(asked: CompletionRequest) -> None:
    if asked.n not in {None, 1}:
        raise Refused(f"One answer at a time: `n` is {asked.n}, and can only be 1.", "n")
    if asked.tools or asked.functions:
        raise Refused("The tools are the server's own and run there: leave `tools` and `functions` out.", "tools")
    if asked.response_format and asked.response_format.get("type") != "text":
        raise Refused("Answers are text: leave `response_format` out.", "response_format")
    if asked.logprobs:
        raise Refused("There are no log probabilities here: leave `logprobs` out.", "logprobs")
    if set(asked.modalities or ()) - {"text"}:
        raise Refused("Answers are text: leave `modalities` out.", "modalities")


def _lines(place: int, message: SentMessage) -> Iterator[Line]:
    where = f"messages.{place}"
    if message.role not in ROLES or message.tool_calls:
        raise Refused(
            f"{where}: tools run on the server, and what came of them isn't taken from a client; "
            f"send messages of the roles {', '.join(ROLES)}, without `tool_calls`.",
            where,
        )
    text = _text(where, message.content)
    if len(text) > LONGEST_TEXT:
        raise Refused(f"{where}: a message may have {LONGEST_TEXT:,} characters; this one has {len(text):,}.", where)
    if HALF.search(text):
        raise Refused(f"{where}: there is half a character in it, which is no text: it was cut in the middle.", where)
    if text.strip():
        yield Line(ROLES[message.role], text)


def _text(where: str, content: str | list[Piece] | None) -> str:
    if not isinstance(content, list):
        return (content or "").replace("\0", "")  # no database keeps it
    said = [piece.text if piece.text is not None else piece.refusal for piece in content]
    if None in said:
        kind = content[said.index(None)].type
        raise Refused(f"{where}: only text can be read here, not {kind!r}.", where)
    return "\n\n".join(one for one in said if one).replace("\0", "")
