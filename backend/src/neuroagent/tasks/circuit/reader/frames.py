"""How a reader and its supervisor talk: a letter, a length, and so many bytes."""

import json
import struct
from collections.abc import Callable
from typing import Any, Final

MESSAGE: Final = b"J"
DATA: Final = b"D"
END: Final = b"E"
HEAD: Final = struct.Struct("!cI")
LONGEST: Final = 128 * 2**20


class BrokenTalk(Exception):
    """The other side said something that isn't a frame, or stopped in the middle of one."""


def frame(kind: bytes, body: bytes = b"") -> bytes:
    return HEAD.pack(kind, len(body)) + body


def message(said: Any) -> bytes:
    return frame(MESSAGE, json.dumps(said, allow_nan=False).encode())


def read_frame(read: Callable[[int], bytes]) -> tuple[bytes, bytes] | None:
    """None at the end of the talk."""
    head = _exactly(read, HEAD.size)
    if not head:
        return None
    kind, length = HEAD.unpack(head)
    if kind not in {MESSAGE, DATA, END} or length > LONGEST:
        raise BrokenTalk(f"no frame begins with {head!r}")
    body = _exactly(read, length)
    if len(body) < length:
        raise BrokenTalk(f"a frame of {length} bytes ended after {len(body)}")
    return kind, body


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    parts, missing = [], size
    while missing and (part := read(missing)):
        parts.append(part)
        missing -= len(part)
    if 0 < missing < size and size == HEAD.size:
        raise BrokenTalk("the talk ended in the middle of a frame")
    return b"".join(parts)
