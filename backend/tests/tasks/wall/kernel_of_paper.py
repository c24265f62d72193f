"""Runs a seccomp filter as the kernel would, so that filters for machines we are not on can be tested."""

import struct

ALLOWED = "allowed"
KILLED = "killed"


def verdict(program: bytes, machine: int, number: int, arguments: tuple[int, ...] = ()) -> str | int:
    """`allowed`, `killed`, or the number of the error."""
    padded = (*arguments, *(0 for _ in range(6 - len(arguments))))
    call = struct.pack("<IIQ6Q", number, machine, 0, *padded)
    accumulator, at = 0, 0
    while True:
        what, then, otherwise, operand = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        match what:
            case 0x20:
                accumulator = int.from_bytes(call[operand : operand + 4], "little")
            case 0x54:
                accumulator &= operand
            case 0x15:
                at += then if accumulator == operand else otherwise
            case 0x35:
                at += then if accumulator >= operand else otherwise
            case 0x06:
                names: dict[int, str | int] = {0x7FFF0000: ALLOWED, 0x80000000: KILLED}
                return names.get(operand, int(operand) & 0xFFFF)
            case _:
                raise AssertionError(f"the kernel would refuse the operation {what:#x}")
