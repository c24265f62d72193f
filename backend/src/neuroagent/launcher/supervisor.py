"""Keeps services running: what dies is started again, after a pause that grows."""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from neuroagent.launcher import processes, records, tether
from neuroagent.launcher.log import Log
from neuroagent.launcher.records import MARK, Record

PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
HEALTHY = 60.0  # seconds after which the next death counts as the first


@dataclass(frozen=True)
class Service:
    """One process of the system; `grace` is how many seconds it gets to end by itself."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    grace: float


@dataclass
class Life:
    """A service and what has become of it so far."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    record: Record | None = None
    pump: threading.Thread | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float | None = None


class Supervisor:
    """Everything happens in the caller's thread: the kernel's tether holds on to the thread that forked."""

    def __init__(
        self,
        log: Log,
        run_folder: Path,
        pauses: Sequence[float] = PAUSES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._run_folder = run_folder
        self._pauses = pauses
        self._clock = clock
        self._lives: list[Life] = []

    def start(self, service: Service) -> None:
        life = Life(service)
        self._lives.append(life)
        self._spawn(life)

    def tend(self) -> None:
        """Look after all of them once; to be called a few times a second."""
        for life in self._lives:
            if life.process and (status := life.process.poll()) is not None:
                self._bury(life)
                self._plan_rebirth(life, ending(status))
            if life.due_at is not None and life.due_at <= self._clock():
                self._spawn(life)

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """The last started goes first; each in its grace, or at once when in a hurry."""
        for life in reversed(self._lives):
            if life.record:
                records.end(life.record, life.service.grace, hurry)
                self._bury(life)
            record_of(self._run_folder, life.service.name).unlink(missing_ok=True)
        self._lives.clear()

    def pids(self) -> dict[str, int]:
        return {life.service.name: life.process.pid for life in self._lives if life.process}

    def _spawn(self, life: Life) -> None:
        life.due_at, life.started_at = None, self._clock()
        mark = secrets.token_hex(16)  # a new one each time: it finds this life's strays and nobody else's
        try:
            life.process = _begin(life.service, mark)
        except OSError as error:  # too many processes, no memory
            self._plan_rebirth(life, f"can't be started: {error.strerror}")
            return
        life.record = self._write_down(life.service, life.process.pid, mark)
        life.pump = threading.Thread(target=self._pump, args=(life.service.name, life.process.stdout), daemon=True)
        life.pump.start()

    def _write_down(self, service: Service, pid: int, mark: str) -> Record:
        found = processes.find(pid)
        record = Record(pid, found.started if found else "", service.command[0], mark)
        with suppress(OSError):  # a full disk is no reason to stop watching; the kernel's tether holds without it
            record.save(record_of(self._run_folder, service.name))
        return record

    def _pump(self, name: str, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self._log.line(name, line.decode(errors="replace").rstrip("\r\n"))

    def _bury(self, life: Life) -> None:
        """End what its group left behind, and let its last words out before anything is said of its death."""
        if life.process and life.record:
            with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of the dead
                os.killpg(life.process.pid, signal.SIGKILL)
            records.kill(life.record)
            life.process.wait()
        if life.pump:
            life.pump.join(timeout=1.0)
        life.process = life.record = life.pump = None

    def _plan_rebirth(self, life: Life, what: str) -> None:
        now = self._clock()
        if now - life.started_at >= HEALTHY:
            life.deaths = 0
        pause = self._pauses[min(life.deaths, len(self._pauses) - 1)]
        life.deaths += 1
        life.due_at = now + pause
        when = f"in {pause:g} s" if pause else "now"
        painted = self._log.terminal.paint(f"{life.service.name} {what}", "red")
        self._log.say(f"{painted}; starting it again {when}.")


def record_of(run_folder: Path, name: str) -> Path:
    return run_folder / f"{name}.json"


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"exited with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was killed ({name}: kill -9, or out of memory)" if name == "SIGKILL" else f"was ended by {name}"


def _begin(service: Service, mark: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", tether.SCRIPT, str(os.getpid()), *service.command],
        cwd=service.folder,
        env={**service.environment, MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
