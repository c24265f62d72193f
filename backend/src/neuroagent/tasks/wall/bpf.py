"""Seccomp filters written down: conditions on a call's arguments become the kernel's little machine code."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

LOAD: Final = 0x20
IF_EQUAL: Final = 0x15
IF_AT_LEAST: Final = 0x35
AND: Final = 0x54
RETURN: Final = 0x06

ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
ERRNO: Final = 0x00050000

# where the kernel puts a call for the filter to look at, little-endian
NUMBER_AT: Final = 0
MACHINE_AT: Final = 4
ARGUMENTS_AT: Final = 16
HALF: Final = 0xFFFFFFFF


class Machine(IntEnum):
    """The kernel's names for the instruction sets that we know the calls of."""

    X86_64 = 0xC000003E
    AARCH64 = 0xC00000B7


@dataclass(frozen=True)
class Check:
    """One argument, under a mask, must be this value; `wide` where the kernel reads all 64 bits, as with pointers."""

    argument: int
    value: int
    mask: int = HALF
    wide: bool = False

    def encode(self) -> list[tuple[int, int]]:
        """Each a (operation, operand); whatever follows an IF_EQUAL is skipped with the rest when it fails."""
        low = ARGUMENTS_AT + 8 * self.argument
        steps = [(LOAD, low)]
        if self.mask != HALF:
            steps.append((AND, self.mask))
        steps.append((IF_EQUAL, self.value & HALF))
        if self.wide:
            steps += [(LOAD, low + 4), (IF_EQUAL, self.value >> 32)]
        return steps


@dataclass(frozen=True)
class Rule:
    """A call passes when all checks of any one way hold; otherwise it fails with the error."""

    number: int
    ways: Sequence[Sequence[Check]]
    error: int

    def encode(self) -> bytes:
        body = b"".join(_way(way) for way in self.ways) + _step(RETURN, ERRNO | self.error)
        return _step(IF_EQUAL, self.number, otherwise=len(body) // 8) + body


def _way(way: Sequence[Check]) -> bytes:
    steps = [step for check in way for step in check.encode()]
    left = range(len(steps), 0, -1)  # the RETURN comes after them: a failed check jumps past it
    code = [
        _step(what, operand, otherwise=rest if what == IF_EQUAL else 0)
        for (what, operand), rest in zip(steps, left, strict=True)
    ]
    return b"".join(code) + _step(RETURN, ALLOW)


def _step(what: int, operand: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("<HBBI", what, then, otherwise, operand)


def program(machine: Machine, rules: Iterable[Rule], otherwise: int) -> bytes:
    """Another instruction set is the end of the process; a call without a rule fails with `otherwise`."""
    start = [
        _step(LOAD, MACHINE_AT),
        _step(IF_EQUAL, machine, then=1),
        _step(RETURN, KILL),
        _step(LOAD, NUMBER_AT),
        _step(IF_AT_LEAST, 0x40000000, otherwise=1),  # x86-64's other numbering of the same calls
        _step(RETURN, ERRNO | otherwise),
    ]
    return b"".join([*start, *(rule.encode() for rule in rules), _step(RETURN, ERRNO | otherwise)])
