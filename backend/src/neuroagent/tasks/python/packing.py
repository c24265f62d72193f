"""Zstandard, with an end to what may come out."""

import sys
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL: Final = 3


class Unpackable(Exception):
    """No archive, or one of more than was allowed; the message says which."""


def pack(content: bytes) -> bytes:
    return zstd.compress(content, LEVEL)


def unpack(packed: bytes, most: int) -> bytes:
    unpacker = zstd.ZstdDecompressor()
    try:
        content = unpacker.decompress(packed, max_length=most)
    except zstd.ZstdError:
        raise Unpackable("can't be unpacked") from None
    if not unpacker.eof:
        raise Unpackable("unpacks to more than a session may be")
    return content
