"""What a key may look like: one spelling for one file, whatever decodes, normalizes or joins it on the way."""

import unicodedata
from typing import Final

from neuroagent.app.storage.errors import KeyRefused

LONGEST_KEY: Final = 900  # bytes; S3 takes 1024, and a StoredFile's key 900
LONGEST_SEGMENT: Final = 255  # bytes; what file systems take
NEVER: Final = frozenset("\\%")  # a separator elsewhere, and the start of an encoding that a proxy may undo


def check_key(key: str) -> str:
    """The key itself, if it names one file in one way."""
    if len(key.encode("utf-8", "surrogatepass")) > LONGEST_KEY:
        raise KeyRefused(f"A key has at most {LONGEST_KEY} bytes; this one starts with {key[:40]!r}.")
    # Compatibility forms turn into dots and slashes on a system that normalizes; printable leaves out all controls.
    if not key.isprintable() or NEVER & set(key) or unicodedata.normalize("NFKC", key) != key:
        raise KeyRefused(f"The key {key!r} has characters that not every system reads alike; use plain names.")
    for segment in key.split("/"):
        _check_segment(segment, key)
    return key


def check_prefix(prefix: str) -> str:
    """The prefix itself, if it is a folder of its own: `tasks/01J9/`, never `tasks/01`."""
    if not prefix.endswith("/"):
        raise KeyRefused(f"The prefix {prefix!r} must end with a slash.")
    check_key(prefix[:-1])
    return prefix


def check_key_under(prefix: str, key: str) -> str:
    if not key.startswith(prefix):
        raise KeyRefused(f"The key {key[:200]!r} is outside of {prefix!r}, where this form may upload.")
    return check_key(key)


def _check_segment(segment: str, key: str) -> None:
    if segment in {"", ".", ".."}:
        raise KeyRefused(f"The key {key!r} must be names joined by single slashes, none of them a dot or two.")
    if len(segment.encode()) > LONGEST_SEGMENT:
        raise KeyRefused(f"A name in a key has at most {LONGEST_SEGMENT} bytes; {segment[:40]!r}… has more.")
