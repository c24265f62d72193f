"""The app as a process of its own, which can be killed; it is spoken to over HTTP."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from end_to_end.faults.servers import clean, until_soon
from processes import ROOT, SOURCES, RedisServer, end, free_port

PATIENCE = 60.0


@dataclass(frozen=True)
class AppProcess:
    client: httpx.AsyncClient
    process: subprocess.Popen[bytes]

    async def nap(self, seconds: float, key: str | None = None) -> httpx.Response:
        headers = {"idempotency-key": key} if key else {}
        job = {"name": "nap", "input": {"seconds": seconds}}
        return await self.client.post("/api/tasks", json=job, headers=headers)

    async def kill(self) -> None:
        """Nobody in it has a last word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)


@asynccontextmanager
async def app_process(
    redis: RedisServer, database_url: str, folder: Path, *, redis_port: int | None = None
) -> AsyncIterator[AppProcess]:
    """On the ledger and in the folder of the other replicas; `redis_port` is that of what stands before Redis."""
    port, token = free_port(), secrets.token_urlsafe(16)
    variables = redis.environment("NEUROAGENT_") | {
        "NEUROAGENT_REDIS__PORT": str(redis_port or redis.port),
        "NEUROAGENT_DATABASE__URL": database_url,
        "NEUROAGENT_DATA_FOLDER": str(folder),
        "NEUROAGENT_AUTH__TOKEN": token,
        "PYTHONPATH": os.pathsep.join([str(SOURCES), str(ROOT / "backend" / "tests")]),
    }
    command = [sys.executable, "-m", "uvicorn", "end_to_end.faults.napping_app:app", "--port", str(port)]
    process = _started(command, variables, folder)
    url, shown = f"http://127.0.0.1:{port}", {"authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=None)
    try:
        async with httpx.AsyncClient(base_url=url, headers=shown, timeout=PATIENCE, limits=limits) as client:
            await until_soon(lambda: _is_alive(client), "the app answers")
            yield AppProcess(client, process)
    finally:
        with suppress(ProcessLookupError):
            await asyncio.to_thread(end, process)


def _started(command: list[str], variables: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "app.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=folder, env=clean() | variables, stdout=log, stderr=log, start_new_session=True
        )


async def _is_alive(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).is_success
    except httpx.TransportError:
        return False
