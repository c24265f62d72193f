"""The few kernel calls that Python has no function for."""

from __future__ import annotations

import os
import sys

try:
    import ctypes
except ImportError:
    ctypes = None  # type: ignore[assignment]  # some builds of Python lack it

# the same on every machine since they are younger than the common table of numbers
MOUNT_SETATTR = 442
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446

PAGE = 65536  # the largest that any of our machines has
READ_WRITE = 3
FIXED = 0x100022  # private, without a file, at this address or not at all


class Missing(Exception):
    """Not to be had on this machine; the message says why."""


def libc() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise Missing("only Linux has it")
    if ctypes is None:
        raise Missing("this Python has no ctypes")
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def call(number: int, *arguments: int | bytes | None) -> int:
    """A system call by its number."""
    function = libc().syscall
    function.restype = ctypes.c_long
    given = [ctypes.c_long(one) if isinstance(one, int) else ctypes.c_char_p(one) for one in arguments]
    return checked(function(ctypes.c_long(number), *given), f"system call {number}")


def prctl(option: int, *arguments: int) -> int:
    given = [ctypes.c_ulong(one) for one in (*arguments, 0, 0, 0, 0)[:4]]
    return checked(libc().prctl(ctypes.c_int(option), *given), f"prctl {option}")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    texts = [one.encode() if one is not None else None for one in (source, target, kind)]
    checked(libc().mount(*texts, ctypes.c_ulong(flags), data.encode() or None), f"mount {target}")


def pointer(address: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(address)


def address_of(content: bytes) -> int:
    """Holds as long as the bytes do."""
    return ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p).value or 0


def memory_at(place: int, content: bytes) -> None:
    """Put the bytes at exactly this address, where nothing may be yet."""
    start = place - place % PAGE
    function = libc().mmap
    function.restype = ctypes.c_void_p
    got = function(
        pointer(start), ctypes.c_size_t(place - start + len(content)), READ_WRITE, FIXED, -1, ctypes.c_long(0)
    )
    if got != start:
        raise OSError(ctypes.get_errno(), "no memory at the chosen address")
    ctypes.memmove(place, content, len(content))
