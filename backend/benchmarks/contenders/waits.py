"""Many waits at once in one app process: what they cost, how fast the right one is woken, and whether any is missed."""

import asyncio
import gc
import os
import random
import sys
import tracemalloc
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter, time
from typing import Final
from uuid import uuid4

from crews import HERE, environment
from noop import NOOP, NoopInput
from processes import RedisServer
from rooms import Rooms
from table import MILLISECONDS, quantile

from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.events import Done

OWNER: Final = "bench"
AT_ONCE: Final = 50
PATIENCE: Final = 5.0


@dataclass(frozen=True)
class Waits:
    """Figures of so many waits at once."""

    number: int
    bytes_each: float
    wake_p50: float
    wake_p95: float


@dataclass(frozen=True)
class Ender:
    """A process that ends tasks as a worker does."""

    process: Process

    async def end(self, task_id: str) -> float:
        """When it was about to, on the clock that all processes of a machine share."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{task_id}\n".encode())
        return float(await self.process.stdout.readline())


@asynccontextmanager
async def ender(redis: RedisServer, rooms: Rooms) -> AsyncIterator[Ender]:
    command = [sys.executable, str(HERE / "ender.py"), rooms.hub.inbox]
    variables = {**os.environ, **environment(redis, "ours")}
    process = await asyncio.create_subprocess_exec(*command, env=variables, stdin=PIPE, stdout=PIPE)
    try:
        yield Ender(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def measure(rooms: Rooms, worker: Ender, number: int, woken: int) -> Waits:
    """So many wait; some of them, picked at random, are ended one by one."""
    arrivals: dict[str, float] = {}
    ids = [str(uuid4()) for _ in range(number)]
    async with _waiting(rooms, ids, arrivals) as bytes_each:
        picked = random.sample(ids, woken)
        delays = [await _delay(worker, task_id, arrivals) * MILLISECONDS for task_id in picked]
    return Waits(number, bytes_each, quantile(delays, 0.5), quantile(delays, 0.95))


@asynccontextmanager
async def _waiting(rooms: Rooms, ids: Sequence[str], arrivals: dict[str, float]) -> AsyncIterator[float]:
    """Yields what each wait costs: all memory that Python gave out for it, its coroutine and its task included."""

    async def wait(task_id: str) -> None:
        with rooms.hub.expecting(task_id) as word:
            await word
            arrivals[task_id] = perf_counter()

    gc.collect()
    tracemalloc.start()
    waits = [asyncio.create_task(wait(task_id)) for task_id in ids]
    await asyncio.sleep(0)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()  # it would slow the wakes
    try:
        yield taken / len(ids)
    finally:
        for waiting in waits:
            waiting.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _delay(worker: Ender, task_id: str, arrivals: dict[str, float]) -> float:
    ended = await worker.end(task_id)
    deadline = ended + PATIENCE
    while task_id not in arrivals and perf_counter() < deadline:
        await asyncio.sleep(0.001)
    return arrivals.get(task_id, deadline) - ended


async def lost(rooms: Rooms, worker: Ender, number: int) -> int:
    """Tasks that end before anybody waits for them: how many of those who come later aren't told."""
    rows = [_row() for _ in range(number)]
    ids = [row.id for row in rows]
    async with rooms.ledger.database.write() as session:
        session.add_all(rows)
    for task_id in ids:
        await worker.end(task_id)
    late = iter(ids)
    missed = 0

    async def come_late() -> None:
        nonlocal missed
        for task_id in late:
            view = await rooms.tasks.look(task_id, owner=OWNER, patience=timedelta(seconds=PATIENCE))
            missed += not (isinstance(view.event, Done) or view.row.state == "done")

    await asyncio.gather(*(come_late() for _ in range(AT_ONCE)))
    return missed


def _row() -> TaskRow:
    return TaskRow(
        id=str(uuid4()),
        name=NOOP.name,
        queue=NOOP.queue,
        owner=OWNER,
        trace_id="bench",
        state="queued",
        attempts=0,
        inbox=f"inbox:{uuid4().hex}",  # sent by another process: nothing tells this one by itself
        input=NOOP.encode(NoopInput()),
        created_at=datetime.now(UTC),
        sent_at=time() + 3_600,  # the reconciler is to leave it alone
        alive_at=0.0,
        cancel_requested=False,
    )
