"""Where a scenario plays: the servers that it breaks, the app in this process, and the tasks that it submitted."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from end_to_end.faults.app_process import AppProcess, app_process
from end_to_end.faults.diary import Diary, Run
from end_to_end.faults.naps import NAP, POISON, NapInput
from end_to_end.faults.servers import MortalRedis, MortalWorker, until
from processes import RedisServer
from sqlalchemy import func, select

from neuroagent.app.application import Rooms, _close, _rooms
from neuroagent.app.config import AppSettings
from neuroagent.app.db.migrate import migrate
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.states import OPEN
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.system import QUEUE

REFUSED: Final = frozenset({"lost", "ended"})
OWNER: Final = "somebody"
ROUND_TRIP: Final = 0.3  # seconds in which a short body is over
SHORT: Final = 0.03
BUSY: Final = 4  # two workers of two processes
TRACE: Final = "f" * 32
LONG_ENOUGH: Final = 0.8  # seconds, to submit a hundred


@dataclass(frozen=True)
class Servers:
    """They outlive a scenario: starting them anew each time would take most of the time."""

    folder: Path
    redis: MortalRedis
    workers: tuple[MortalWorker, ...]

    @property
    def diary(self) -> Diary:
        return Diary(self.folder / "diary")

    async def all_consume(self) -> None:
        for worker in self.workers:
            await until(worker.is_consuming, f"{worker.name} consumes")


@asynccontextmanager
async def servers(folder: Path, **settings: str) -> AsyncIterator[Servers]:
    """`settings` are those of the workers, over the ones of these tests."""
    redis = MortalRedis(folder / "redis")
    await redis.start()
    workers = tuple(MortalWorker(name, redis.server, folder, settings) for name in ("w1", "w2"))
    started = Servers(folder, redis, workers)
    try:
        for worker in workers:
            worker.start()
        await started.all_consume()
        yield started
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))
        redis.kill()


@asynccontextmanager
async def replica(redis: RedisServer, database_url: str, folder: Path, *, mending: bool = True) -> AsyncIterator[Rooms]:
    """One process of the app, as far as tasks go; all replicas share the folder and the database."""
    given = {
        "data_folder": folder,
        "redis": {"port": redis.port, "password": redis.password},
        "database": {"url": database_url},
    }
    rooms = _rooms(AppSettings.model_validate(given))
    try:
        await migrate(rooms.database)
        async with rooms.hub.open(), AsyncExitStack() as stack:
            if mending:
                await stack.enter_async_context(rooms.reconciler.open())
            yield rooms
    finally:
        await _close(rooms)


@dataclass
class Stage:
    """One scenario on one ledger."""

    servers: Servers
    app_process: Callable[..., AbstractAsyncContextManager[AppProcess]]
    apps: list[Rooms] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    may_fail: set[str] = field(default_factory=set)
    killed: set[int] = field(default_factory=set)
    wiped_at: float = 0.0
    recovered: float | None = None
    complaints: list[str] = field(default_factory=list)

    @property
    def app(self) -> Rooms:
        return self.apps[0]

    @property
    def diary(self) -> Diary:
        return self.servers.diary

    async def nap(self, count: int = 100, seconds: float = SHORT, app: Rooms | None = None) -> list[str]:
        """Submit so many at once."""
        tasks = (app or self.app).tasks
        submitted = (tasks.submit(NAP, NapInput(seconds=seconds), owner=OWNER, trace_id=TRACE) for _ in range(count))
        ids = [row.id for row in await asyncio.gather(*submitted)]
        self.ids += ids
        return ids

    async def queue(self, count: int = 120) -> None:
        """So many that they wait: the first ones occupy every process until all the others are submitted."""
        await self.nap(BUSY, LONG_ENOUGH)
        await self.nap(count - BUSY)

    async def until_ended(self, count: int) -> None:
        """Break things in the middle of the work, however fast this machine is."""
        await until(lambda: self.diary.ended(self.ids) >= count, f"{count} bodies have ended")

    async def somebody_napping(self) -> Run:
        """The one that began last."""
        found: list[Run] = []

        def looked() -> bool:
            found[:] = self.diary.napping(self.ids)
            return bool(found)

        await until(looked, "a body runs")
        return max(found, key=lambda run: run.started)

    def waiting(self) -> int:
        """Messages in the queue."""
        with self.servers.redis.server.connect() as redis:
            return int(redis.llen(QUEUE))

    def must(self, true: bool, complaint: str) -> None:
        if not true:
            self.complaints.append(complaint)

    def must_have_started(self, task_ids: Collection[str], times: int) -> None:
        runs = self.diary.runs(task_ids)
        wrong = {len(runs.get(task_id, ())) for task_id in task_ids} - {times}
        self.must(not wrong, f"bodies were started {wrong} times, not {times}")

    def refusals(self) -> Counter[str]:
        """How often an answer of a task came too late."""
        said = [line for worker in self.servers.workers for line in worker.said()]
        over = [line for line in said if line["event"] == "task.attempt_over" and line["told"] in REFUSED]
        lost = [line for line in said if line["event"] == "task.lost_to_another"]
        return Counter(line["task_id"] for line in over + lost)

    @property
    def ledger(self) -> str:
        return self.app.database.engine.dialect.name

    async def rows(self) -> Sequence[TaskRow]:
        async with self.app.database.read() as session:
            return (await session.scalars(select(TaskRow))).all()

    async def open_rows(self) -> int:
        query = select(func.count()).where(TaskRow.state.in_(OPEN))
        async with self.app.database.read() as session:
            return int(await session.scalar(query) or 0)

    async def settled(self, within: float) -> float:
        """Seconds until all have ended; or as long as was waited in vain."""
        begun = time.monotonic()
        while await self.open_rows():
            if time.monotonic() - begun > within:
                break
            await asyncio.sleep(0.05)
        return time.monotonic() - begun

    async def idle(self, seconds: float) -> None:
        """Until nothing has changed for so long."""
        left, since = await self.open_rows(), time.monotonic()
        while left and time.monotonic() - since < seconds:
            await asyncio.sleep(0.1)
            now_left = await self.open_rows()
            left, since = now_left, since if now_left == left else time.monotonic()


async def _emptied(built: Servers) -> None:
    """What workers have taken of an earlier scenario's messages too many must not end in this one."""
    await built.all_consume()
    with built.redis.server.connect() as redis:
        redis.delete(QUEUE)
        await asyncio.sleep(ROUND_TRIP)
        redis.flushall()


@asynccontextmanager
async def stage(
    built: Servers, database_url: str, folder: Path, *, replicas: int = 1, mending: bool = True
) -> AsyncIterator[Stage]:
    """An empty Redis, an empty ledger, and the contracts of the faults among those of the product."""
    await _emptied(built)
    mine = {contract.name: contract for contract in (NAP, POISON)}
    contracts: dict[str, Any] = CONTRACTS
    contracts.update(mine)
    another_app = partial(replica, built.redis.server, database_url, folder)
    try:
        async with AsyncExitStack() as stack:
            apps = [await stack.enter_async_context(another_app(mending=mending)) for _ in range(replicas)]
            yield Stage(built, partial(app_process, built.redis.server, database_url, folder), apps)
    finally:
        for name in mine:
            del contracts[name]
