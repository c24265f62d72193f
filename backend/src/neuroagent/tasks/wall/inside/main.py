"""Puts the layers up around this process, tells the parent of each, and becomes the program."""

from __future__ import annotations

import marshal
import os
import signal

from neuroagent.tasks.wall.inside.become import become, filter_calls
from neuroagent.tasks.wall.inside.kernel import Missing
from neuroagent.tasks.wall.inside.landlock import landlock
from neuroagent.tasks.wall.inside.limits import set_limits
from neuroagent.tasks.wall.inside.namespaces import enter_namespaces
from neuroagent.tasks.wall.inside.parent import die_with_the_parent, gain_no_privileges
from neuroagent.tasks.wall.inside.root import build_root
from neuroagent.tasks.wall.inside.user import become_nobody

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from neuroagent.tasks.wall.inside.order import Order

LAYERS = {
    "namespaces": enter_namespaces,
    "root": build_root,
    "user": become_nobody,  # before the next one: the kernel forgets that one when the user changes
    "parent": die_with_the_parent,
    "no_new_privs": gain_no_privileges,
    "landlock": landlock,
    "limits": set_limits,
    "seccomp": filter_calls,  # last: it forbids what the others need
}
DID_NOT_START = 126


def main(order_pipe: int, report_pipe: int) -> None:
    with os.fdopen(order_pipe, "rb") as pipe:
        order: Order = marshal.load(pipe)  # noqa: S302 - our own parent wrote it
    os.set_inheritable(report_pipe, False)
    try:
        _be_plain()
        for name in LAYERS:
            if name in order["layers"]:
                _put_up(name, order, report_pipe)
        os.umask(0o077)
        _tell(report_pipe, "ready", "")
        if order["command"]:
            become(order)
    except OSError as error:
        where = f" ({os.fsdecode(error.filename)})" if error.filename else ""
        _tell(report_pipe, "failed", f"{error.strerror}{where}")
        os._exit(DID_NOT_START)
    os._exit(0)


def _be_plain() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):  # a shell's `&` and Python itself had them ignored
        signal.signal(number, signal.SIG_DFL)


def _put_up(name: str, order: Order, report: int) -> None:
    try:
        detail = LAYERS[name](order)
    except Missing as missing:
        order["layers"].remove(name)
        _tell(report, "missing", name, str(missing))
        if name in order["require"]:
            _tell(report, "incomplete", name)
            os._exit(DID_NOT_START)
    else:
        _tell(report, "stands", name, detail)


def _tell(report: int, *words: str) -> None:
    os.write(report, ("\t".join(words).replace("\n", " ") + "\n").encode())
