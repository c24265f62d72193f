"""A session's stored state: sealed bytes that say whose they are and which image can read them."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Final, Protocol

from neuroagent.tasks.python.packing import Unpackable, pack, unpack
from neuroagent.tasks.python.slot import State

MAGIC: Final = b"NRS1"
SEAL: Final = 32  # bytes of HMAC-SHA256
LONGEST_HEADER: Final = 2_000
LARGEST: Final = 64 << 20  # bytes of a stored state
LARGEST_UNPACKED: Final = 512 << 20


class SessionStore(Protocol):
    """Where one person's one session lies; the caller sees to it that its runs come one after the other."""

    @property
    def id(self) -> str: ...

    @property
    def key(self) -> bytes: ...

    def load(self) -> bytes | None: ...

    def save(self, state: bytes) -> None: ...


class StateRefused(Exception):
    """A stored state that can't be taken up; the message says why."""


class StateTooLarge(Exception):
    """More than a session may keep; the message says what to do."""


@dataclass(frozen=True)
class Header:
    """Whose it is, and what can read it."""

    session: str
    image: str
    memory: int
    files: int


@dataclass(frozen=True)
class Opened:
    """`state.memory` is empty when another image had written it: only files can go from image to image."""

    header: Header
    state: State


def seal(state: State, store: SessionStore, *, image: str) -> bytes:
    memory, files = pack(state.memory), pack(state.files)
    header = json.dumps(asdict(Header(store.id, image, len(memory), len(files)))).encode()
    body = b"".join((MAGIC, len(header).to_bytes(4, "big"), header, memory, files))
    if len(body) + SEAL > LARGEST:
        raise StateTooLarge(
            f"The session has grown to {len(body) >> 20} MB, more than the {LARGEST >> 20} MB that are kept. "
            "Delete large variables (`del name`) or files, and run again."
        )
    return _seal_of(body, store.key) + body


def open_sealed(sealed: bytes, store: SessionStore, image: str) -> Opened:
    """The seal comes first: nothing is read that this system hasn't written for this very session."""
    if len(sealed) > LARGEST or not hmac.compare_digest(sealed[:SEAL], _seal_of(sealed[SEAL:], store.key)):
        raise StateRefused("its stored state isn't what was stored")
    header, body = _header(sealed[SEAL:])
    if header.session != store.id:
        raise StateRefused("its stored state belongs to another session")
    if header.memory + header.files != len(body):
        raise StateRefused("its stored state is incomplete")
    memory = _unpacked(body[: header.memory]) if header.image == image else b""
    return Opened(header, State(memory, _unpacked(body[header.memory :])))


def _header(body: bytes) -> tuple[Header, bytes]:
    length = int.from_bytes(body[4:8], "big")
    if body[:4] != MAGIC or length > LONGEST_HEADER:
        raise StateRefused("its stored state is of another kind")
    try:
        return Header(**json.loads(body[8 : 8 + length])), body[8 + length :]
    except (ValueError, TypeError):
        raise StateRefused("its stored state can't be read") from None


def _unpacked(packed: bytes) -> bytes:
    try:
        return unpack(packed, LARGEST_UNPACKED)
    except Unpackable as reason:
        raise StateRefused(f"its stored state {reason}") from None


def _seal_of(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)
