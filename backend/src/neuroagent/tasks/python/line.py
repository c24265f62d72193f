"""The line from a slot: every byte of it may be hostile, and one that doesn't fit ends the slot."""

import json
import os
import select
import struct
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Protocol

LARGEST_HEADER: Final = 4 << 20
LARGEST_PAYLOAD: Final = 512 << 20
SECRET: Final = 16
_LENGTHS: Final = struct.Struct(">II")


class Pipe(Protocol):
    def fileno(self) -> int: ...


class SlotBroken(Exception):
    """The slot can't be used any more; the message says what was seen."""


class SlotSilent(Exception):
    """Nothing came in time."""


@dataclass(frozen=True)
class News:
    """One frame: what happened, and the bytes that came with it."""

    event: str
    details: dict[str, Any]
    payload: bytes

    def number(self, name: str, most: float) -> float:
        value = self.details.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise SlotBroken(f"it said {name} is {str(value)[:40]!r}")
        return value

    def text(self, name: str, longest: int) -> str:
        value = self.details.get(name)
        if not isinstance(value, str) or len(value) > longest:
            raise SlotBroken(f"it gave no fitting {name}")
        return value


@dataclass
class Line:
    """Frames out of a pipe; each begins with the secret that only the trusted half of the slot knows."""

    pipe: Pipe
    secret: bytes
    _held: bytearray = field(default_factory=bytearray, init=False)

    def next(self, deadline: float) -> News:
        lead = SECRET + _LENGTHS.size
        self._hold(lead, deadline)
        if self._held[:SECRET] != self.secret:
            raise SlotBroken("something inside wrote onto its line")
        header, payload = _LENGTHS.unpack_from(self._held, SECRET)
        if header > LARGEST_HEADER or payload > LARGEST_PAYLOAD:
            raise SlotBroken("it announced more than it may send")
        self._hold(lead + header + payload, deadline)
        with memoryview(self._held) as held:
            news = _news(bytes(held[lead : lead + header]), bytes(held[lead + header : lead + header + payload]))
        del self._held[: lead + header + payload]
        return news

    def _hold(self, length: int, deadline: float) -> None:
        number = self.pipe.fileno()
        while len(self._held) < length:
            if not select.select([number], [], [], max(0.0, deadline - monotonic()))[0]:
                raise SlotSilent
            more = os.read(number, 1 << 20)
            if not more:
                raise SlotBroken("its process ended")
            self._held += more


def _news(header: bytes, payload: bytes) -> News:
    try:
        details = json.loads(header)
    except (ValueError, RecursionError):
        raise SlotBroken("it sent something that isn't JSON") from None
    if not isinstance(details, dict) or not isinstance(details.get("event"), str):
        raise SlotBroken("it sent something without a name")
    return News(details["event"], details, payload)


def order(details: dict[str, Any], payload: bytes = b"") -> bytes:
    """A frame to the slot."""
    header = json.dumps(details).encode()
    return _LENGTHS.pack(len(header), len(payload)) + header + payload
