"""Many readers of one answer: what they cost the app; and what the first word and a tool call take."""

import argparse
import asyncio
import json
import resource
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "contenders"), str(HERE.parent / "tests")]

import httpx
import uvloop
from processes import RedisServer, app, redis_server, worker
from table import quantile

from neuroagent.app.chat.run_stream import MORE, run_key, told

TOKEN: Final = "the token of the benchmark"
DELTAS: Final = 20
BETWEEN: Final = 0.5  # seconds: with a thousand readers that is two thousand pieces a second
AT_ONCE: Final = 50  # readers that come together
FAR_AHEAD: Final = 1_000_000  # numbers of entries that the run itself doesn't reach
KB: Final = 1024


@dataclass(frozen=True)
class Ground:
    redis: RedisServer
    client: httpx.Client

    @property
    def port(self) -> int:
        return int(self.client.base_url.port or 0)

    def ask(self, thread: str, text: str) -> dict[str, object]:
        return {"id": thread, "messages": [{"role": "user", "parts": [{"type": "text", "text": text}]}]}

    def first_event(self, thread: str) -> float:
        """Seconds from asking to the first event of the answer."""
        begun, first = perf_counter(), 0.0
        with self.client.stream("POST", "/api/chat", json=self.ask(thread, "hello")) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: ") and not first:
                    first = perf_counter() - begun
        return first

    def tool_by_agent(self, thread: str) -> float:
        """Seconds from asking to the answer of the one call that is made."""
        begun = perf_counter()
        with self.client.stream("POST", "/api/chat", json=self.ask(thread, "/check_worker")) as answer:
            for line in answer.iter_lines():
                if "tool-output-available" in line:
                    return perf_counter() - begun
        raise SystemExit("the tool gave no answer")

    def tool_alone(self) -> float:
        begun = perf_counter()
        self.client.post("/api/tools/check_worker/run", json={}).raise_for_status()
        return perf_counter() - begun


def memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * KB for line in lines if line.startswith("VmRSS"))


def cpu(pid: int) -> float:
    """Seconds that it has worked: what a noisy machine doesn't change much."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")


def app_pid(port: int) -> int:
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"neuroagent.app.main:app" in words and str(port).encode() in words:
                return int(process.name)
    raise SystemExit("the app's process isn't there")


@asynccontextmanager
async def readers(ground: Ground, number: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    request = f"GET /api/chat/many/stream HTTP/1.1\r\nHost: app\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
    opened: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    while len(opened) < number:
        together = min(AT_ONCE, number - len(opened))
        new = [await asyncio.open_connection("127.0.0.1", ground.port) for _ in range(together)]
        for _, writer in new:
            writer.write(request)
        await asyncio.gather(*(_begun(reader) for reader, _ in new))
        opened += new
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.close()


async def _begun(reader: asyncio.StreamReader) -> None:
    try:
        await reader.readuntil(b'"type":"start"')
    except asyncio.IncompleteReadError as error:
        raise SystemExit(f"A reader was turned away: {error.partial.decode()}") from None


async def deltas(ground: Ground, run_id: str, streams: Sequence[asyncio.StreamReader], first: int) -> list[float]:
    """Seconds from a delta's writing to its reading, for every reader of every delta."""
    at: dict[int, float] = {}
    seconds: list[float] = []

    async def read(stream: asyncio.StreamReader) -> None:
        for number in range(first, first + DELTAS):
            await stream.readuntil(f'"delta":"{number};"'.encode())
            seconds.append(perf_counter() - at[number])

    reading = [asyncio.create_task(read(stream)) for stream in streams]
    with ground.redis.connect() as redis:
        for number in range(first, first + DELTAS):
            chunk = json.dumps({"type": "text-delta", "id": "b", "delta": f"{number};"}, separators=(",", ":"))
            entry = f"1-{FAR_AHEAD + number}"
            at[number] = perf_counter()
            pipe = redis.pipeline()
            pipe.xadd(run_key(run_id), {"flag": MORE, "chunks": chunk}, id=entry)
            pipe.publish(run_key(run_id), told(entry, MORE, [chunk]))
            pipe.execute()
            await asyncio.sleep(BETWEEN)
    await asyncio.gather(*reading)
    return seconds


async def crowd(ground: Ground, run_id: str, number: int, first: int) -> dict[str, float]:
    pid = app_pid(ground.port)
    before = memory(pid)
    async with readers(ground, number) as streams:
        await asyncio.sleep(1)
        grown = memory(pid) - before
        with ground.redis.connect() as redis:
            connections = len(redis.client_list()) - 1
        worked = cpu(pid)
        seconds = await deltas(ground, run_id, streams, first)
        worked = cpu(pid) - worked
    return {
        f"kb_per_stream_{number}": round(grown / number / KB, 1),
        f"delta_p50_ms_{number}": round(median(seconds) * 1000, 1),
        f"delta_p99_ms_{number}": round(quantile(seconds, 0.99) * 1000, 1),
        f"delta_cpu_us_{number}": round(worked / len(seconds) * 1e6, 1),
        f"connections_{number}": connections,
    }


def sizes(*, quick: bool, many: bool) -> list[int]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return [100] if quick else [1_000, *([10_000] if many and hard > 11_000 else [])]


def bench(*, quick: bool, many: bool) -> dict[str, float]:
    rounds = 5 if quick else 40
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="neuroagent-bench-")))
        redis = opened.enter_context(redis_server(folder / "redis"))
        client = opened.enter_context(app(redis, folder, NEUROAGENT_AUTH__TOKEN=TOKEN))
        ground = Ground(redis, client)
        figures: dict[str, float] = {}
        run_id = _under_way(ground)
        for place, number in enumerate(sizes(quick=quick, many=many)):
            figures |= uvloop.run(crowd(ground, run_id, number, first=place * DELTAS))
        opened.enter_context(worker(redis, folder))
        firsts = [ground.first_event(f"first-{number}") for number in range(rounds)]
        pairs = [(ground.tool_by_agent(f"tool-{number}"), ground.tool_alone()) for number in range(rounds)]
    figures["first_event_ms"] = round(median(firsts) * 1000, 1)
    figures["tool_overhead_ms"] = round(median(agent - alone for agent, alone in pairs) * 1000, 1)
    return figures


def _under_way(ground: Ground) -> str:
    """An answer that waits for a worker while none is there."""
    with ground.client.stream("POST", "/api/chat", json=ground.ask("many", "/check_worker")) as answer:
        next(line for line in answer.iter_lines() if "tool-input-available" in line)
    sleep(1)
    return str(ground.client.get("/api/threads/many").json()["runs"][0]["id"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench chat", description=__doc__, allow_abbrev=False)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--many", action="store_true", help="also 10,000 streams, where so many files may be open")
    parser.add_argument("--quick", action="store_true", help="a smoke run: the figures mean little")
    given = parser.parse_args(arguments)
    figures = bench(quick=given.quick, many=given.many)
    for name, value in figures.items():
        print(f"{name:<40}{value:>10}")
    if given.json:
        given.json.write_text(f"{json.dumps(figures, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
