"""A file tree of its own: what the child was given exists, and nothing else does."""

# Importing pathlib would take as long as all that is done here.
# ruff: noqa: PTH102, PTH103, PTH106, PTH112, PTH114, PTH115, PTH118, PTH120, PTH211

from __future__ import annotations

import os
import struct
from contextlib import suppress

from neuroagent.tasks.wall.inside.kernel import MOUNT_SETATTR, Missing, call, checked, libc, mount

TYPE_CHECKING = False  # the module `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable

    from neuroagent.tasks.wall.inside.order import Order

MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
PLACE = "/tmp"  # noqa: S108 - any folder that is always there; nothing is written to it, a mount covers it for us alone
OLD = "/.old"


def build_root(order: Order) -> str:
    if not order["layers"].count("namespaces"):
        raise Missing("it needs the namespaces")
    given = _given(order)
    links = [link for path in given for link in _links_on_the_way(path)]
    real = {os.path.realpath(path): attributes for path, attributes in given.items()}
    os.umask(0o022)  # whoever the child becomes must be able to walk through the folders made here
    _step_onto_an_empty_tree()
    for path in sorted(real):
        _bind(path, real[path])
    for path, target in links:
        _link(path, target)
    _bind_own_process()
    checked(libc().umount2(OLD.encode(), MNT_DETACH), "letting go of the old tree")
    os.rmdir(OLD)
    _change("/", READ_ONLY, recursive=False)
    return f"{len(real)} paths"


def _given(order: Order) -> dict[str, int]:
    """Later ones win: what may be written may be read."""
    return {
        **dict.fromkeys(filter(os.path.exists, DEVICES), READ_ONLY | NO_SETUID),
        **dict.fromkeys([*order["read"], *order["execute"]], READ_ONLY | NO_SETUID | NO_DEVICES),
        **dict.fromkeys(order["write"], NO_SETUID | NO_DEVICES | NO_PROGRAMS),
    }


def _links_on_the_way(path: str) -> Iterable[tuple[str, str]]:
    """`/lib64` may be a link to `usr/lib64`: a program that asks for the one wants to find the other."""
    parts = path.strip("/").split("/")
    for depth in range(1, len(parts) + 1):
        start = "/" + "/".join(parts[:depth])
        if os.path.islink(start):
            target = os.readlink(start)
            yield start, target
            yield from _links_on_the_way(os.path.normpath(os.path.join(os.path.dirname(start), target, *parts[depth:])))
            return


def _step_onto_an_empty_tree() -> None:
    try:
        mount(None, "/", None, MS_REC | MS_PRIVATE)
        mount("wall", PLACE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m")
    except OSError as error:
        raise Missing(f"the machine or its container forbids mounts ({error.strerror})") from None
    try:
        _change(PLACE, NO_SETUID, recursive=True)
        os.mkdir(PLACE + OLD)
        checked(libc().pivot_root(PLACE.encode(), (PLACE + OLD).encode()), "pivot_root")
    except OSError as error:
        libc().umount2(PLACE.encode(), MNT_DETACH)
        raise Missing(f"this kernel can't change the root ({error.strerror})") from None
    os.chdir("/")


def _bind(path: str, attributes: int) -> None:
    _make_place(path, folder=os.path.isdir(OLD + path))
    mount(OLD + path, path, None, MS_BIND | MS_REC)
    _change(path, attributes, recursive=True)


def _make_place(path: str, *, folder: bool) -> None:
    if os.path.lexists(path):
        return
    os.makedirs(path if folder else os.path.dirname(path), 0o755, exist_ok=True)
    if not folder:
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o444))


def _link(path: str, target: str) -> None:
    if not os.path.lexists(path):
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        os.symlink(target, path)


def _bind_own_process() -> None:
    """Deno asks `/proc/self/exe` who it is; of the other processes there is no trace."""
    own = f"/proc/{os.getpid()}"
    with suppress(OSError):  # containers mask /proc; most programs do without
        os.makedirs(own, 0o755, exist_ok=True)
        mount(OLD + own, own, None, MS_BIND | MS_REC)
        _change(own, READ_ONLY | NO_SETUID, recursive=True)
        os.symlink(str(os.getpid()), "/proc/self")


def _change(path: str, attributes: int, *, recursive: bool) -> None:
    wish = struct.pack("=QQQQ", attributes, 0, 0, 0)
    call(MOUNT_SETATTR, AT_FDCWD, path.encode(), AT_RECURSIVE if recursive else 0, wish, len(wish))
