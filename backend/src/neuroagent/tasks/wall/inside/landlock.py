"""Landlock: the kernel's own list of what this process may open, whoever it is."""

# Importing pathlib would take as long as all that is done here.
# ruff: noqa: PTH116

from __future__ import annotations

import os
import struct
from stat import S_ISDIR

from neuroagent.tasks.wall.inside.kernel import LANDLOCK_ADD, LANDLOCK_CREATE, LANDLOCK_RESTRICT, Missing, call
from neuroagent.tasks.wall.inside.parent import gain_no_privileges

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from neuroagent.tasks.wall.inside.order import Order

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
SPECIAL_FILES = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11  # devices, sockets and pipes with names
LINKS = 1 << 12
TRUNCATE, IOCTL_DEVICES = 1 << 14, 1 << 15
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICES
READ = READ_FILE | READ_DIR
TCP = 3
OTHERS_SIGNALS_AND_SOCKETS = 3
ASK_VERSION = 1
BENEATH = 1
TCP_SINCE, SCOPES_SINCE = 4, 6  # versions


def landlock(order: Order) -> str:
    version = _version()
    files = _known_file_rights(version)
    ruleset = _create(version, files, network=order["network"])
    for paths, rights in (
        (("/dev/null", "/dev/zero", "/dev/urandom"), READ_FILE | WRITE_FILE),
        (order["read"], READ),
        (order["execute"], READ | EXECUTE),
        (order["write"], files & ~(EXECUTE | SPECIAL_FILES | LINKS | IOCTL_DEVICES)),
    ):
        for path in paths:
            _allow(ruleset, path, rights & files)
    gain_no_privileges(order)  # the kernel asks for it first
    call(LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return f"version {version}" + ("" if version >= TCP_SINCE else ", too old to hold TCP")


def _version() -> int:
    try:
        return call(LANDLOCK_CREATE, None, 0, ASK_VERSION)
    except OSError as error:
        raise Missing(f"this kernel is too old for it or has it switched off ({error.strerror})") from None


def _known_file_rights(version: int) -> int:
    """The kernel refuses names of rights that came after it."""
    return (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1


def _create(version: int, files: int, *, network: bool) -> int:
    ports = TCP if version >= TCP_SINCE and not network else 0
    scopes = OTHERS_SIGNALS_AND_SOCKETS if version >= SCOPES_SINCE else 0
    attributes = struct.pack("=QQQ", files, ports, scopes)
    known = attributes[: 8 if version < TCP_SINCE else 16 if version < SCOPES_SINCE else 24]
    return call(LANDLOCK_CREATE, known, len(known), 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):  # out of reach as it is
        return
    try:
        rights &= rights if S_ISDIR(os.stat(place).st_mode) else OF_A_FILE
        call(LANDLOCK_ADD, ruleset, BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
