"""The child doesn't outlive the process that started it, and starts no program that gains rights."""

from __future__ import annotations

import os
import signal

from neuroagent.tasks.wall.inside.kernel import prctl

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from neuroagent.tasks.wall.inside.order import Order

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def die_with_the_parent(order: Order) -> str:
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != order["parent"]:  # it may have died before we asked
        os._exit(1)
    return "by the kernel"


def gain_no_privileges(_: Order) -> str:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    return "for good"
