"""How the worker and its child talk: a letter, a length, and so many bytes."""

import os
import struct
from collections.abc import Callable
from typing import Final

READY: Final = b"R"
QUESTION: Final = b"Q"
DATA: Final = b"D"
END: Final = b"E"
ONCE: Final = b"once"  # with READY: it answers one question, and is done

HEAD: Final = struct.Struct(">cI")
LARGEST: Final = 1 << 20

Read = Callable[[int], bytes]


class BadFrame(Exception):
    """What came isn't a frame, or there was nothing."""


def frame(kind: bytes, content: bytes = b"") -> bytes:
    return HEAD.pack(kind, len(content)) + content


def read_frame(read: Read) -> tuple[bytes, bytes]:
    kind, length = HEAD.unpack(_exactly(HEAD.size, read))
    if kind not in {READY, QUESTION, DATA, END} or length > LARGEST:
        raise BadFrame(f"A frame starts with {kind!r} and {length} bytes.")
    return kind, _exactly(length, read)


def write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _exactly(length: int, read: Read) -> bytes:
    parts = []
    while length:
        part = read(length)
        if not part:
            raise BadFrame("The other side is gone.")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
