"""The contenders' sides of the app: each a way to call the task that does nothing."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from crews import ARQ, DATABASES, HERE, environment, url
from manners import Awaited, Fetched, Manner
from noop import NOOP, NoopInput
from processes import RedisServer
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from rooms import Rooms

PATIENCE: Final = 60
BETWEEN_LOOKS: Final = 0.1  # seconds, as the common pattern has it
BLOCK: Final = 1_000  # ms; those who write it wait for longer when they miss the event


def ours(rooms: Rooms) -> Manner:
    return Awaited(lambda number: rooms.tasks.run(NOOP, NoopInput(number=number), owner="bench", trace_id="bench"))


def echo(redis: RedisServer) -> Manner:
    connection = Redis.from_url(url(redis, DATABASES["echo"]))

    def send(number: int) -> int:
        connection.lpush("echo", number)
        return number

    return Fetched(send, lambda number: connection.brpop([f"echo:{number}"]))


def async_result(app: Any) -> Manner:
    return Fetched(lambda number: app.send_task("noop", [number]), lambda result: result.get(timeout=PATIENCE))


def stream_then_poll(app: Any, redis: AsyncRedis) -> Manner:
    async def call(number: int) -> object:
        result = app.send_task("noop_told", [number])
        await redis.xread({f"task:{result.id}:progress": "$"}, block=BLOCK, count=1)
        while not await asyncio.to_thread(result.ready):
            await asyncio.sleep(BETWEEN_LOOKS)
        return await asyncio.to_thread(result.get)

    return Awaited(call)


def taskiq(module: Any) -> Manner:
    async def call(number: int) -> object:
        sent = await module.noop.kiq(number)
        return await sent.wait_result(check_interval=0.005, timeout=PATIENCE)

    return Awaited(call)


def dramatiq(module: Any) -> Manner:
    return Fetched(module.noop.send, lambda sent: sent.get_result(block=True, timeout=PATIENCE * 1000))


@dataclass(frozen=True)
class Elsewhere:
    """A client that can't be imported here: it measures itself in its own environment."""

    python: Path
    variables: dict[str, str]

    async def latencies(self, times: int) -> list[float]:
        return [float(seconds) for seconds in await self._ask("latencies", times)]

    async def throughput(self, tasks: int, in_flight: int) -> float:
        return float(await self._ask("throughput", tasks, in_flight))

    async def _ask(self, *what: str | int) -> Any:
        command = [str(self.python), str(HERE / "arq_client.py"), *map(str, what)]
        asked = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **self.variables}, stdout=asyncio.subprocess.PIPE
        )
        answer, _ = await asked.communicate()
        return json.loads(answer)


def arq(python: Path, redis: RedisServer) -> Manner:
    return Elsewhere(python, environment(redis, "arq") | {"PYTHONPATH": str(HERE)})


@asynccontextmanager
async def rivals(redis: RedisServer, arq_python: Path = ARQ) -> AsyncIterator[dict[str, tuple[str, Manner]]]:
    """Whom we are measured against: by the name in the table, the crew that works for them and how they are called."""
    async with AsyncExitStack() as opened:
        celery = _worker_module("celery", redis).app
        opened.callback(celery.close)
        line = await opened.enter_async_context(AsyncRedis.from_url(url(redis, DATABASES["celery"])))
        found = {
            "raw LPUSH-BRPOP echo": ("echo", echo(redis)),
            "Celery AsyncResult.get": ("celery", async_result(celery)),
            "Celery, stream then poll at 0.1 s": ("celery", stream_then_poll(celery, line)),
            "dramatiq": ("dramatiq", dramatiq(_worker_module("dramatiq", redis))),
        }
        broker = _worker_module("taskiq", redis)
        await broker.broker.startup()
        opened.push_async_callback(broker.broker.shutdown)
        found["taskiq, polled at 5 ms"] = ("taskiq", taskiq(broker))
        if arq_python.exists():
            found["arq, polled at 5 ms"] = ("arq", arq(arq_python, redis))
        yield found


def _worker_module(name: str, redis: RedisServer) -> Any:
    """What the workers run, imported here with the same Redis."""
    os.environ["BENCH_REDIS"] = url(redis, DATABASES[name])
    return import_module(f"{name}_worker")
