"""Which system calls a walled child may make: the table in calls.txt, and what the arguments of some must be."""

import errno
import platform
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from neuroagent.tasks.wall.bpf import Check, Machine, Rule, program

TABLE: Final = Path(__file__).with_name("calls.txt")
MACHINES: Final = {
    "x86_64": Machine.X86_64,
    "amd64": Machine.X86_64,
    "aarch64": Machine.AARCH64,
    "arm64": Machine.AARCH64,
}

Ways = Sequence[Sequence[Check]]

NEW_NAMESPACES: Final = 0x7E020000
THREAD: Final = 0x00010000 | 0x00000100  # CLONE_THREAD, CLONE_VM
SHARED_ANONYMOUS: Final = 0x21
KINDS_OF_MEMORY: Final = 0x23
UNIX, STREAM, KIND_OF_SOCKET = 1, 1, 0xF
PRCTL: Final = (2, 3, 4, 15, 16, 21, 23, 39, 0x53564D41)  # its own name, mappings' names, what it may; never PDEATHSIG
IOCTL: Final = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # is it a terminal, how much is there, blocking or not
FCNTL: Final = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032, 1033, 1034)  # not F_SETOWN and F_SETSIG: signals to others


@dataclass(frozen=True)
class Secret:
    """Where in memory the one allowed `execve` has its three arguments: known before it, to nobody after it."""

    path: int
    arguments: int
    environment: int


@dataclass(frozen=True)
class Call:
    name: str
    numbers: dict[Machine, int]
    verdict: str


def pick_secret() -> Secret:
    """Three addresses, each on pages of its own, low enough for every kernel's memory layout."""
    regions = secrets.SystemRandom().sample(range(2, 31), 3)
    path, arguments, environment = ((region << 32) + 8 * secrets.randbelow(2**28) for region in regions)
    return Secret(path, arguments, environment)


@cache
def calls() -> tuple[Call, ...]:
    lines = (line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple(
        Call(name, {m: int(n) for m, n in zip(Machine, numbers, strict=True) if n != "-"}, verdict)
        for name, *numbers, verdict in lines
    )


def this_machine() -> Machine | None:
    return MACHINES.get(platform.machine().lower())


def seccomp_filter(machine: Machine, process: int, secret: Secret, *, network: bool = False) -> bytes:
    """For the process with this number, whose only program to start is the one that waits at the secret place."""
    conditions = _conditions(process, secret, network=network)
    passing = {"allow", "ask", "network"} if network else {"allow", "ask"}
    rules = [
        Rule(call.numbers[machine], conditions.get(call.name, ((),)), _error(call.name))
        for call in calls()
        if machine in call.numbers and call.verdict in passing
    ]
    return program(machine, rules, errno.ENOSYS)


def _error(name: str) -> int:
    return errno.ENOTTY if name == "ioctl" else errno.EPERM


def _conditions(process: int, secret: Secret, *, network: bool) -> dict[str, Ways]:
    itself = Check(0, process)
    private = [Check(3, kind, KINDS_OF_MEMORY) for kind in (0x01, 0x02, 0x03, 0x22)]  # all but shared without a file
    limits = ((Check(0, 0),), (itself,))
    one_program = (
        Check(0, secret.path, wide=True),
        Check(1, secret.arguments, wide=True),
        Check(2, secret.environment, wide=True),
    )
    conditions: dict[str, Ways] = {
        "clone": ((Check(0, THREAD, THREAD | NEW_NAMESPACES),),),
        "execve": (one_program,),
        "fcntl": _one_of(1, FCNTL),
        "ioctl": _one_of(1, IOCTL),
        "kill": ((itself,), (Check(0, 0),)),
        "mmap": tuple((check,) for check in private),
        "prctl": _one_of(0, PRCTL),
        "prlimit64": limits,
        "sendto": ((Check(4, 0, wide=True),),),
        "socketpair": ((Check(0, UNIX), Check(1, STREAM, KIND_OF_SOCKET)),),
        "tgkill": ((itself,),),
    }
    return {name: ways for name, ways in conditions.items() if not (network and name == "sendto")}


def _one_of(argument: int, values: Sequence[int]) -> Ways:
    return tuple((Check(argument, value),) for value in values)
