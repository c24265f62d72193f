"""A client that talks to the app as the page does, and the processes that it talks to."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from end_to_end.faults import diary
from processes import PATIENCE, ROOT, SOURCES, RedisServer, free_port, running, until

TOKEN = "the token of a conversation"
PATHS = os.pathsep.join([str(SOURCES), str(ROOT / "backend" / "tests")])

Chunk = dict[str, Any]


@dataclass(frozen=True)
class Talk:
    """One person at one app."""

    client: httpx.Client
    thread: str = "t1"

    @contextmanager
    def asked(self, text: str, *, after: str | None = None, **more: Any) -> Iterator[Iterator[Chunk]]:
        before = [{"id": after, "role": "assistant", "parts": []}] if after else []
        messages = [*before, {"role": "user", "parts": [{"type": "text", "text": text}]}]
        body = {"id": self.thread, "messages": messages, **more}
        with self.client.stream("POST", "/api/chat", json=body) as answer:
            assert answer.status_code == 200, answer.read()
            yield chunks(answer)

    def told(self, text: str, **more: Any) -> list[Chunk]:
        """All of the answer."""
        with self.asked(text, **more) as answer:
            return list(answer)

    @contextmanager
    def read(self) -> Iterator[Iterator[Chunk]]:
        with self.client.stream("GET", f"/api/chat/{self.thread}/stream") as answer:
            yield chunks(answer) if answer.status_code == 200 else iter(())

    def look(self) -> Any:
        return self.client.get(f"/api/threads/{self.thread}").json()

    def messages(self) -> list[Any]:
        tree: Any = self.client.get(f"/api/threads/{self.thread}/messages").json()
        return list(tree["messages"])

    def until_idle(self) -> None:
        until(lambda: self.look()["runs"] == [], "nothing is answered any more")


def chunks(answer: httpx.Response) -> Iterator[Chunk]:
    for line in answer.iter_lines():
        if line == "data: [DONE]":
            return
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def said(answer: list[Chunk]) -> str:
    return "".join(chunk["delta"] for chunk in answer if chunk["type"] == "text-delta")


def text_of(message: Any) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


@dataclass
class MortalApp:
    """An app process that can be killed and started again on the same port."""

    redis: RedisServer
    folder: Path
    port: int = field(default_factory=free_port)
    _open: ExitStack = field(default_factory=ExitStack)
    _process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> Talk:
        command = [sys.executable, "-m", "uvicorn", "end_to_end.chat.talking_app:app", "--port", str(self.port)]
        url = f"http://127.0.0.1:{self.port}"
        own = {"NEUROAGENT_STORAGE__PUBLIC_URL": url, "NEUROAGENT_AUTH__TOKEN": TOKEN, "PYTHONPATH": PATHS}
        variables = self.redis.environment("NEUROAGENT_") | own | environment
        self._process = self._open.enter_context(
            running(command, self.folder / f"app-{self.port}.log", self.folder, variables)
        )
        client = httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE)
        self._open.enter_context(client)
        until(lambda: _is_alive(client), "the app answers", self._process, self.folder / f"app-{self.port}.log")
        return Talk(client)

    def kill(self) -> None:
        """Nobody in it has a last word."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        self._open.close()


@contextmanager
def apps(redis: RedisServer, folder: Path, count: int = 1) -> Iterator[list[MortalApp]]:
    with ExitStack() as stack:
        made = [MortalApp(redis, folder) for _ in range(count)]
        for one in made:
            stack.callback(one.close)
        yield made


@contextmanager
def napping_worker(redis: RedisServer, folder: Path) -> Iterator[diary.Diary]:
    command = [sys.executable, "-m", "celery", "-A", "end_to_end.faults.napper", "worker", "-c", "2"]
    written = folder / "diary"
    own = {"PYTHONPATH": PATHS, diary.VARIABLE: str(written)}
    log = folder / "worker.log"
    with running([*command, "--without-mingle"], log, folder, redis.environment("TASKS_") | own) as process:
        until(lambda: "ready." in log.read_text(), "the worker is ready", process, log)
        yield diary.Diary(written)


def _is_alive(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False
