"""What is broken here: a Redis that keeps its data on disk, and workers that somebody starts again when they die."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from end_to_end.faults import diary
from processes import ROOT, SOURCES, RedisServer, end, free_port, redis_binary
from redis import RedisError

LEASE: Final = 2.0
PATIENCE: Final = 60.0
BREATH: Final = 0.05


async def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """As the other tests wait, without holding up the app in this process."""
    deadline = monotonic() + patience
    while not true():
        if monotonic() > deadline:
            raise AssertionError(f"Waited in vain until {what}.")
        await asyncio.sleep(BREATH)


async def until_soon(true: Callable[[], Awaitable[bool]], what: str) -> None:
    """The same, of what has to be asked for."""
    deadline = monotonic() + PATIENCE
    while not await true():
        if monotonic() > deadline:
            raise AssertionError(f"Waited in vain until {what}.")
        await asyncio.sleep(BREATH)


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("NEUROAGENT_", "TASKS_"))}


class MortalRedis:
    """With an append-only file that has what Redis acknowledged.

    Synced once a second, as ./dev up has it, a Redis that is killed while the disk is busy forgets what it had said yes
    to; a body may then run a second time, which is Redis's doing and would hide ours.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.server = RedisServer(free_port(), secrets.token_urlsafe(16), folder)
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        where = ("--port", str(self.server.port), "--bind", "127.0.0.1", "--dir", str(self.server.folder))
        how = ("--requirepass", self.server.password, "--save", "", "--appendonly", "yes", "--appendfsync", "always")
        self._spawn([redis_binary(), *where, *how])
        await until(self._answers, "Redis answers")

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def wipe(self) -> None:
        for path in self.server.folder.iterdir():
            if path.name != "redis.log":
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _spawn(self, command: list[str]) -> None:
        with (self.server.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(command, env=clean(), stdout=log, stderr=log)

    def _answers(self) -> bool:
        try:
            with self.server.connect() as redis:
                return bool(redis.ping())
        except RedisError:
            return False


@dataclass
class MortalWorker:
    """Two processes of a pool and their main process, in a group of their own."""

    name: str
    redis: RedisServer
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _seen_until: int = 0
    _groups: list[int] = field(default_factory=list)
    _supervisor: asyncio.Task[None] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        self._spawn()
        self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.wait([self._supervisor])
        if self._process is not None:
            await asyncio.to_thread(end, self._process)
        for group in self._groups:  # children whose main process was killed
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def kill(self) -> None:
        """As the end of a container, or of the machine: nobody in it has a last word."""
        os.killpg(self.pid, signal.SIGKILL)

    def has(self, pid: int) -> bool:
        with suppress(ProcessLookupError):
            return os.getpgid(pid) == self.pid
        return False

    def is_consuming(self) -> bool:
        with self.log.open("rb") as log:
            log.seek(self._seen_until)
            return self._process is not None and self._process.poll() is None and b"ready." in log.read()

    def said(self) -> Iterator[dict[str, Any]]:
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith("{") and line.endswith("}"):
                yield json.loads(line)

    def _spawn(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "end_to_end.faults.napper", "worker"]
        options = ["-c", "2", "-n", f"{self.name}@%h", "--without-mingle"]
        paths = os.pathsep.join([str(SOURCES), str(ROOT / "backend" / "tests")])
        own = {
            "PYTHONPATH": paths,
            "TASKS_LEASE": str(LEASE),
            "TASKS_LOGGING__FORMAT": "json",
            diary.VARIABLE: str(self.folder / "diary"),
        }
        variables = clean() | self.redis.environment("TASKS_") | own | dict(self.settings)
        self._seen_until = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options], cwd=self.folder, env=variables, stdout=log, stderr=log, start_new_session=True
            )
        self._groups.append(self._process.pid)
        self.starts += 1

    async def _supervise(self) -> None:
        while True:
            if self._process is not None and self._process.poll() is not None:
                self._spawn()
            await asyncio.sleep(BREATH)
