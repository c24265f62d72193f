"""From root to a user that nobody else is, so that two children can't reach each other either."""

# Importing pathlib would take as long as all that is done here.
# ruff: noqa: PTH116

from __future__ import annotations

import os

from neuroagent.tasks.wall.inside.kernel import Missing, prctl

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from neuroagent.tasks.wall.inside.order import Order

NOBODY = 65534
OWN_USERS = 0x6E000000  # and 16 million after it: far from accounts and from what containers hand out
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
ROOT_IS_A_USER_LIKE_OTHERS = 0x2F  # being user 0 gives no rights, and there is no way back
LAST_CAPABILITY = 63


def become_nobody(order: Order) -> str:
    if os.geteuid() != 0:
        _drop_capabilities()
        return f"it is user {os.geteuid()} already"
    user = _a_user_we_may_become()
    unreachable = _what_is_out_of_reach(user, order)
    if unreachable:
        prctl(PR_SET_SECUREBITS, ROOT_IS_A_USER_LIKE_OTHERS)
        _drop_capabilities()
        raise Missing(f"another user than root can't reach {unreachable}; it stays root, without root's rights")
    for folder in order["write"]:
        os.chown(folder, user, user)
    _drop_capabilities()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    return f"user {user}"


def _a_user_we_may_become() -> int:
    own = OWN_USERS + os.getpid() % 2**24
    try:
        os.seteuid(own)
    except OSError:  # a container may know few users
        return NOBODY
    os.seteuid(0)
    return own


def _what_is_out_of_reach(user: int, order: Order) -> str | None:
    """Asked before the way back is closed: a Python below /root, a temporary folder of root's."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(user)
    os.seteuid(user)
    try:
        return next((path for path in _needed(order) if not _reachable(path)), None)
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def _needed(order: Order) -> list[str]:
    return [*order["command"][:1], *order["execute"], *order["read"], *order["write"]]


def _reachable(path: str) -> bool:
    try:
        os.stat(path)
    except PermissionError:
        return False
    return True


def _drop_capabilities() -> None:
    for capability in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one of this kernel, or not ours to drop
            return
