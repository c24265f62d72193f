"""What a model is offered and what it says, in words of our own: nothing here depends on who the model is."""

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import JsonValue

FOR_THE_MODEL: Final = "\n\nFor the model: "  # what follows in a tool's answer says nothing new to the person


@dataclass(frozen=True)
class Offer:
    """A tool as a model sees it."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """A piece of one part of the answer; `place` tells the parts of a reply apart."""

    place: int
    kind: Literal["text", "thought"]
    text: str


@dataclass(frozen=True)
class CallBegun:
    place: int
    tool: str


@dataclass(frozen=True)
class CallWritten:
    """A piece of a call's arguments, as JSON text."""

    place: int
    text: str


@dataclass(frozen=True)
class PartEnded:
    place: int


@dataclass(frozen=True)
class Call:
    """A tool the model wants called; `written` is what it wrote as arguments."""

    id: str
    tool: str
    written: str

    @property
    def arguments(self) -> dict[str, JsonValue] | None:
        """None: it isn't a JSON object."""
        try:
            read = json.loads(self.written or "{}")
        except ValueError:
            return None
        return read if isinstance(read, dict) else None


@dataclass(frozen=True)
class Reply:
    """All of what was said in one go, as the history keeps it."""

    entry: JsonValue
    calls: tuple[Call, ...]
    model: str
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True)
class Answered:
    """What came of a call, as the model reads it."""

    call: Call
    text: str
    outcome: Literal["done", "failed", "mend", "denied"]


Speech = Said | CallBegun | CallWritten | PartEnded | Reply
