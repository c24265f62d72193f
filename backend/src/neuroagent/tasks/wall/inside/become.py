"""The last step: the filter, and the one program that it lets start."""

from __future__ import annotations

import os
import struct

from neuroagent.tasks.wall.inside.kernel import Missing, address_of, checked, libc, memory_at, pointer, prctl
from neuroagent.tasks.wall.inside.parent import gain_no_privileges

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable

    from neuroagent.tasks.wall.inside.order import Order

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
POINTER = 8


def filter_calls(order: Order) -> str:
    """From here on the only program that starts is the one whose arguments lie at the secret places in memory."""
    code = order["filter"]
    if not code:
        raise Missing(f"the system calls of {os.uname().machine} are not known")
    gain_no_privileges(order)  # the kernel asks for it first
    program = struct.pack("=H6xQ", len(code) // 8, address_of(code))
    try:
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, address_of(program))
    except OSError as error:
        raise Missing(f"this kernel has it switched off ({error.strerror})") from None
    return f"{len(code) // 8} steps, one program"


def become(order: Order) -> None:
    """Returns only by an error. After it nobody knows the addresses: the memory that knew them is gone."""
    if "seccomp" not in order["layers"]:
        os.execve(order["command"][0], order["command"], order["environment"])  # noqa: S606 - becoming it is the point
    path, arguments, environment = order["secret"]
    memory_at(path, os.fsencode(order["command"][0]) + b"\0")
    _lay_out(arguments, map(os.fsencode, order["command"]))
    _lay_out(environment, (os.fsencode(f"{name}={value}") for name, value in order["environment"].items()))
    checked(libc().execve(*map(pointer, order["secret"])), order["command"][0])


def _lay_out(place: int, texts: Iterable[bytes]) -> None:
    """As C wants them: pointers one after the other, the last of them empty, then what they point at."""
    ended = [text + b"\0" for text in texts]
    pointers, at = b"", place + POINTER * (len(ended) + 1)
    for text in ended:
        pointers += struct.pack("=Q", at)
        at += len(text)
    memory_at(place, pointers + bytes(POINTER) + b"".join(ended))
