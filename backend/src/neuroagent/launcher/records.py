"""What was started is written down, so that whoever comes next can end exactly that and nothing else."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from neuroagent.launcher import processes
from neuroagent.launcher.processes import Process

MARK = "DEV_UP_MARK"  # not one of the app's own prefixes: it refuses names it does not know
SHARE_OF_A_SECOND = 0.05


@dataclass(frozen=True)
class Record:
    """One started process, the leader of its own group; `mark` stands in the environment of all it starts."""

    pid: int
    started: str
    executable: str
    mark: str

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(path)


def load(path: Path) -> Record | None:
    try:
        return Record(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):  # none, or written by another version
        return None


def is_alive(process: Process) -> bool:
    now = processes.find(process.pid)
    return now is not None and now.started == process.started


def survivors(record: Record) -> list[Process]:
    """The process, its group, and what left the group but still carries the mark; the leader first."""
    leader = processes.find(record.pid)
    ours = leader is not None and leader.started == record.started
    group_may_be_ours = ours or leader is None  # else the number serves somebody else by now
    found = [process for process in processes.every() if _belongs(process, record, group_may_be_ours, ours)]
    return sorted(found, key=lambda process: process.pid != record.pid)


def _belongs(process: Process, record: Record, group_may_be_ours: bool, sure: bool) -> bool:
    in_group = process.group == record.pid and group_may_be_ours and (sure or record.executable in process.command)
    return in_group or processes.has_in_environment(process.pid, f"{MARK}={record.mark}")


def end(record: Record, grace: float, hurry: Callable[[], bool] = lambda: False) -> bool:
    """TERM to the leader, who knows how to end its own; after the grace KILL to all. True if there was anything."""
    found = survivors(record)
    told = [process for process in found if process.pid == record.pid] or found
    send(signal.SIGTERM, told)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and not hurry() and any(is_alive(process) for process in told):
        time.sleep(SHARE_OF_A_SECOND)
    kill(record)
    return bool(found)


def kill(record: Record, patience: float = 2.0) -> None:
    """Until none is left: a process that is being killed may just have started another."""
    deadline = time.monotonic() + patience
    while (found := survivors(record)) and time.monotonic() < deadline:
        send(signal.SIGKILL, found)
        time.sleep(SHARE_OF_A_SECOND)


def send(number: signal.Signals, receivers: list[Process]) -> None:
    for process in receivers:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, number)
