"""What the child puts up around itself before it runs a statement: no program, no fork, no socket, and one file.

The process that it was forked from can't have this around it: it forks, and the next question is about another file.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from neuroagent.tasks.wall.calls import Secret, seccomp_filter, this_machine
from neuroagent.tasks.wall.inside.become import filter_calls
from neuroagent.tasks.wall.inside.kernel import Missing
from neuroagent.tasks.wall.inside.landlock import landlock
from neuroagent.tasks.wall.inside.order import Order
from neuroagent.tasks.wall.inside.parent import die_with_the_parent
from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import CLOCKS, LIBRARIES

NO_PROGRAM: Final = Secret(0, 0, 0)  # where nothing can lie, so that none can be started


def seal(path: str) -> None:
    """For good; a layer that the machine doesn't give was missed aloud when the worker started."""
    order = _order((*_always_there(), path), _filter(os.getpid()))
    for put_up in (landlock, filter_calls):
        with suppress(Missing):
            put_up(order)


def prepare(parent: int) -> None:
    """While nobody waits: what doesn't depend on the question, and the end that comes with the parent's."""
    with suppress(Missing):
        die_with_the_parent(_order((), b"", parent))
    _always_there()
    _filter(os.getpid())


@cache
def _filter(process: int) -> bytes:
    machine = this_machine()
    return seccomp_filter(machine, process, NO_PROGRAM) if machine else b""


@cache
def _always_there() -> tuple[str, ...]:
    """What Python may yet have to load."""
    paths = (*map(str, interpreter_folders()), *LIBRARIES, *CLOCKS)
    return tuple(path for path in paths if Path(path).exists())


def _order(read: Sequence[str], code: bytes, parent: int = 0) -> Order:
    return {
        "parent": parent,
        "command": [],
        "environment": {},
        "layers": [],
        "require": [],
        "read": list(read),
        "write": [],
        "execute": [],
        "network": False,
        "limits": {},
        "filter": code,
        "secret": (NO_PROGRAM.path, NO_PROGRAM.arguments, NO_PROGRAM.environment),
    }
