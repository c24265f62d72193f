"""Namespaces of its own: a network without a way out, no shared memory, its own mounts and host name."""

from __future__ import annotations

import os

from neuroagent.tasks.wall.inside.kernel import Missing, checked, libc

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from neuroagent.tasks.wall.inside.order import Order

NAME = b"sandbox"
CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def enter_namespaces(order: Order) -> str:
    own = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | (0 if order["network"] else CLONE_NEWNET)
    if os.geteuid() == 0 and _unshared(own):
        _take_a_name()
        return "as root"
    identity = os.geteuid(), os.getegid()
    if not _unshared(own | CLONE_NEWUSER):
        raise Missing("the machine or its container forbids them")
    _stay_who_we_are(*identity)
    _take_a_name()
    return "in a user namespace"


def _unshared(flags: int) -> bool:
    try:
        checked(libc().unshare(flags), "unshare")
    except OSError:
        return False
    return True


def _take_a_name() -> None:
    """The machine's own is nobody's business."""
    libc().sethostname(NAME, len(NAME))


def _stay_who_we_are(user: int, group: int) -> None:
    """Without a mapping it could make no file in its own mounts."""
    for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as mapping:  # noqa: PTH123 - pathlib takes too long to import
            mapping.write(line)
