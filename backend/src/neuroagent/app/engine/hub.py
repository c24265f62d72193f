"""One coroutine on one connection reads what workers tell this process, and wakes whoever waits for it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeGuard
from uuid import uuid4

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.background import beside
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.line import Line
from neuroagent.app.engine.watches import Watches
from neuroagent.app.errors import Unavailable
from neuroagent.task_schemas.events import (
    Cancelled,
    Done,
    Ending,
    Event,
    Failed,
    Pause,
    Retrying,
    WaitingInput,
)
from neuroagent.task_schemas.events import events as wire
from neuroagent.task_schemas.jobs import RENEWALS_KEY

BATCH: Final = 500
BLOCK: Final = 5_000  # ms; then the stream of another process's requests is looked at again anyway
PAUSE: Final = 0.2

Word = Ending | WaitingInput
Told = tuple[str, Event]  # the stream's entry, and what it says

logger = logging.getLogger(__name__)


class Hub:
    """The inbox of this app process."""

    def __init__(
        self,
        ledger: Ledger,
        line: Line,
        on_renewal: Callable[[bytes], Awaitable[None]],
        on_run: Callable[[str, Ending], Awaitable[None]],
    ) -> None:
        self.inbox = f"inbox:{uuid4().hex}"
        self.watches = Watches(self.inbox)
        self._ledger = ledger
        self._line = line
        self._on_renewal = on_renewal
        self._on_run = on_run
        self._runs: set[asyncio.Task[None]] = set()
        self._waiters: defaultdict[str, list[asyncio.Future[Word]]] = defaultdict(list)
        self._followers: defaultdict[str, list[asyncio.Queue[Told]]] = defaultdict(list)
        self._seen: dict[str, str | bytes] = {self.inbox: "0", RENEWALS_KEY: "$"}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        try:
            async with beside(self._run()):
                yield
        finally:
            if self._runs:
                await asyncio.wait(self._runs)

    @contextmanager
    def expecting(self, task_id: str) -> Iterator["asyncio.Future[Word]"]:
        """The ending of this task, or its question to a person; expect it before it can come."""
        future: asyncio.Future[Word] = asyncio.get_running_loop().create_future()
        self._waiters[task_id].append(future)
        try:
            yield future
        finally:
            _remove(self._waiters, task_id, future)

    @contextmanager
    def following(self, task_id: str) -> Iterator["asyncio.Queue[Told]"]:
        """All that is told of this task from now on, once this process watches it."""
        queue: asyncio.Queue[Told] = asyncio.Queue()
        self._followers[task_id].append(queue)
        try:
            yield queue
        finally:
            _remove(self._followers, task_id, queue)

    async def _run(self) -> None:
        while True:
            try:
                await self._read()
            except RedisError as error:
                logger.warning("hub.paused", extra={"reason": str(error)})
                await asyncio.sleep(PAUSE)

    async def _read(self) -> None:
        if self._seen[RENEWALS_KEY] == "$":  # a fixed place: what comes while we look elsewhere must not be missed
            [newest] = await self._line.ask(("XREVRANGE", RENEWALS_KEY, "+", "-", "COUNT", 1))
            self._seen[RENEWALS_KEY] = newest[0][0] if newest else "0"
        while True:
            [told] = await self._line.ask(
                ("XREAD", "COUNT", BATCH, "BLOCK", BLOCK, "STREAMS", *self._seen, *self._seen.values())
            )
            for stream, entries in told or ():
                self._seen[stream.decode()] = entries[-1][0]
                messages = [dict(zip(fields[::2], fields[1::2], strict=True)) for _, fields in entries]
                if stream.decode() == RENEWALS_KEY:
                    await asyncio.gather(*(self._on_renewal(message.get(b"request", b"")) for message in messages))
                else:
                    self._hear(messages)
            await asyncio.sleep(0)  # whoever was woken goes first

    def _hear(self, entries: list[dict[bytes, bytes]]) -> None:
        """Whoever waits is woken first; the ledger follows, and the reconciler mends what it misses."""
        written: list[tuple[str, Ending | Pause]] = []
        for fields in entries:
            task_id, event = fields[b"id"].decode(), wire.validate_json(fields[b"event"])
            for queue in self._followers.get(task_id, ()):
                queue.put_nowait((fields[b"entry"].decode(), event))
            if isinstance(event, Ending | Pause):
                self.wake(task_id, event)
                if _may_be_of_a_session(event):
                    self._write_at_once(task_id, event)
                else:
                    written.append((task_id, event))
        if written:
            self._ledger.apply_soon(written)

    def _write_at_once(self, task_id: str, ending: Ending) -> None:
        """Somebody else's turn may depend on it."""
        run = asyncio.create_task(self._written(task_id, ending))
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)

    async def _written(self, task_id: str, ending: Ending) -> None:
        try:
            await self._on_run(task_id, ending)
        except (RedisError, SQLAlchemyError, Unavailable, OSError) as error:  # the reconciler mends it
            logger.warning("hub.run_not_written", extra={"task_id": task_id, "reason": str(error)})

    @property
    def waited_for(self) -> list[str]:
        """The tasks that somebody here waits for."""
        return list(self._waiters)

    def wake(self, task_id: str, event: Ending | Pause) -> None:
        for future in self._waiters.get(task_id, ()):
            if not future.done() and not isinstance(event, Retrying):
                future.set_result(event)


def _may_be_of_a_session(event: Ending | Pause) -> TypeGuard[Ending]:
    """A worker says so with its answer; of what failed or was cancelled the ledger knows."""
    return isinstance(event, Failed | Cancelled) or (isinstance(event, Done) and event.session is not None)


def _remove(table: defaultdict[str, list[Any]], task_id: str, member: object) -> None:
    table[task_id].remove(member)
    if not table[task_id]:
        del table[task_id]
