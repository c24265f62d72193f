"""The processes of this machine, as far as one must know them to end the right one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """`started` tells apart two processes that had the same id, also across a restart of the machine."""

    pid: int
    group: int
    started: str
    command: str


def find(pid: int) -> Process | None:
    if sys.platform == "linux":
        return _from_proc(pid)
    return next(iter(_from_ps("-p", str(pid))), None)


def every() -> Iterator[Process]:
    if sys.platform == "linux":
        pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())
        yield from (process for pid in pids if (process := _from_proc(pid)))
    else:
        yield from _from_ps("-A")


def has_in_environment(pid: int, text: str) -> bool:
    """Only Linux shows what a process was started with; elsewhere the answer is no."""
    try:
        return text.encode() in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _from_proc(pid: int) -> Process | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
        command = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    state, group, ticks = fields[0], int(fields[2]), fields[19]
    if state in {"Z", "X"}:
        return None
    return Process(pid, group, f"{_boot()}/{ticks}", os.fsdecode(command).replace("\0", " ").strip())


@cache
def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"


def _from_ps(*which: str) -> Iterator[Process]:
    columns = "pid=,pgid=,stat=,lstart=,command="
    listing = subprocess.run(
        ["/bin/ps", *which, "-ww", "-o", columns],
        capture_output=True,
        check=False,
        env={"LC_ALL": "C"},
    )
    for line in listing.stdout.decode(errors="replace").splitlines():
        pid, group, state, *rest = line.split(maxsplit=8)
        if not state.startswith("Z"):
            yield Process(int(pid), int(group), " ".join(rest[:5]), "".join(rest[5:]))
