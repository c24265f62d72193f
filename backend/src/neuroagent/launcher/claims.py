"""One `up` per part and data folder: a lock that the kernel lets go when its holder dies, however it dies."""

import fcntl
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from neuroagent.launcher import processes
from neuroagent.launcher.errors import AlreadyRunning
from neuroagent.launcher.processes import Process

PATIENCE = 2.0  # a launcher that was just killed lets go a moment later
SHELL = "DEV_UP_SHELL"


@dataclass(frozen=True)
class Holder:
    """A running `up`: the launcher, and the shell that would start it again."""

    pid: int
    started: str
    shell: int
    shell_started: str
    url: str

    @classmethod
    def this_process(cls, url: str) -> "Holder":
        shell = os.getppid() if os.environ.get(SHELL) == str(os.getppid()) else 0
        return cls(os.getpid(), _started(os.getpid()), shell, _started(shell) if shell else "", url)

    def alive(self) -> list[Process]:
        """The shell first: told to stop, it starts nothing again."""
        known = ((self.shell, self.shell_started), (self.pid, self.started))
        found = [(processes.find(pid), started) for pid, started in known if pid]
        return [process for process, started in found if process and process.started == started]


def claim(run_folder: Path, parts: Iterable[str], holder: Holder) -> list[int]:
    """Descriptors to be kept open for as long as the claim is to hold."""
    run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [_claim(run_folder / f"{part}.lock", part, holder) for part in parts]


def holders(run_folder: Path) -> list[Holder]:
    found = {_read(path) for path in sorted(run_folder.glob("*.lock"))}
    return [holder for holder in found if holder]


def _claim(path: Path, part: str, holder: Holder) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + PATIENCE
    while not _locked(descriptor):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise AlreadyRunning(_already_running(path, part))
        time.sleep(0.1)
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
    return descriptor


def _locked(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _already_running(path: Path, part: str) -> str:
    holder = _read(path)
    who = f" (process {holder.pid}, {holder.url})" if holder else ""
    return (
        f"An up with the part {part!r} is already running on {path.parent.parent}{who}. "
        "Stop it with ./dev stop, or start another beside it with --data FOLDER --port N --redis-port N."
    )


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):  # being written this moment, or by another version
        return None


def _started(pid: int) -> str:
    process = processes.find(pid)
    return process.started if process else ""
