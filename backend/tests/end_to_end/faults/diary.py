"""What bodies really did: a line at their start and one at their end, which no kill can take back."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

VARIABLE: Final = "FAULTS_DIARY"  # not TASKS_…: the worker refuses settings that it does not know


@dataclass(frozen=True)
class Line:
    what: str
    task_id: str
    run: str
    pid: int
    at: float


@dataclass(frozen=True)
class Run:
    """One start of a body."""

    task_id: str
    run: str
    pid: int
    started: float
    ended: float | None


def write(what: str, task_id: str, run: str) -> None:
    line = Line(what, task_id, run, os.getpid(), time.time())
    file = os.open(os.environ[VARIABLE], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, f"{json.dumps(asdict(line))}\n".encode())
    os.close(file)


@dataclass(frozen=True)
class Diary:
    path: Path

    def lines(self) -> list[Line]:
        text = self.path.read_text() if self.path.exists() else ""
        return [Line(**json.loads(line)) for line in text.splitlines()]

    def runs(self, task_ids: Collection[str]) -> dict[str, list[Run]]:
        """By task, in the order in which they started."""
        lines = [line for line in self.lines() if line.task_id in task_ids]
        ends = {line.run: line.at for line in lines if line.what == "end"}
        runs: defaultdict[str, list[Run]] = defaultdict(list)
        for line in lines:
            if line.what == "start":
                runs[line.task_id].append(Run(line.task_id, line.run, line.pid, line.at, ends.get(line.run)))
        return runs

    def ended(self, task_ids: Collection[str]) -> int:
        return sum(line.what == "end" and line.task_id in task_ids for line in self.lines())

    def napping(self, task_ids: Collection[str]) -> list[Run]:
        return [run for runs in self.runs(task_ids).values() for run in runs if run.ended is None]
