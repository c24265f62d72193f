"""The contenders' worker processes, of which only the one whose turn it is may run."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from processes import ROOT, SOURCES, RedisServer, running

HERE = Path(__file__).resolve().parent
DATABASES = {"ours": 0, "echo": 1, "celery": 2, "taskiq": 3, "dramatiq": 4, "arq": 5}
ARQ = ROOT / ".dev" / "arq" / "bin" / "python"
QUIET_CELERY = ("-l", "WARNING", "--without-mingle", "--without-gossip", "--without-heartbeat")


@dataclass(frozen=True)
class Crew:
    """One contender's workers: frozen while others are measured, so that their polling costs nobody anything."""

    process: subprocess.Popen[bytes]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self.thaw()
        try:
            yield
        finally:
            self.freeze()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        for group in {os.getpgid(pid) for pid in (self.process.pid, *_descendants(self.process.pid))}:
            with suppress(ProcessLookupError):
                os.killpg(group, which)


def _descendants(pid: int) -> list[int]:
    """Some put their children into groups of their own."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, of in pairs if of == parent]
    return found[1:]


def url(redis: RedisServer, database: int) -> str:
    return f"redis://:{redis.password}@127.0.0.1:{redis.port}/{database}"


def commands(processes: int) -> dict[str, list[str]]:
    """How each contender's workers are started, with so many processes that do the work."""
    number = str(processes)
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "-A"]
    scripts = Path(sys.executable).parent
    return {
        "echo": [sys.executable, str(HERE / "echo_worker.py"), number],
        "celery": [*celery, "celery_worker", "worker", "-c", number, *QUIET_CELERY],
        "ours": [*celery, "our_worker", "worker", "-Q", "default_q", "-c", number, "--without-mingle"],
        "taskiq": [
            *(str(scripts / "taskiq"), "worker", "taskiq_worker:broker", "--workers", number),
            *("--log-level", "WARNING", "--max-async-tasks", "1"),
        ],
        "dramatiq": [str(scripts / "dramatiq"), "dramatiq_worker", "--processes", number, "--threads", "1"],
        "arq": [str(ARQ), str(HERE / "arq_worker.py"), number],
    }


def environment(redis: RedisServer, name: str) -> dict[str, str]:
    ours = redis.environment("TASKS_") | {"TASKS_LOGGING__LEVEL": "WARNING"}
    path = str(HERE) if name == "arq" else f"{SOURCES}{os.pathsep}{HERE}"
    return {**ours, "PYTHONPATH": path, "BENCH_REDIS": url(redis, DATABASES[name]), "C_FORCE_ROOT": "1"}


@contextmanager
def crew(name: str, redis: RedisServer, folder: Path, processes: int) -> Iterator[Crew]:
    variables = environment(redis, name)
    with running(commands(processes)[name], folder / f"{name}.log", folder, variables) as process:
        started = Crew(process)
        try:
            yield started
        finally:
            started.thaw()
