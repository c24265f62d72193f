"""What is to be told goes out beside the work it is about: written in batches, then rung for, in every process."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.background import beside, swept
from neuroagent.app.db.sqlite import Operation
from neuroagent.app.notifications.mailboxes import Mailboxes, News, put
from neuroagent.app.notifications.models import NotificationRow
from neuroagent.app.notifications.settings import NotificationsSettings

CHANNEL: Final = "notifications"
PAGE: Final = 100
KEEP_ALIVE: Final = 15.0  # seconds
LOOK_AGAIN: Final = 4  # times nothing came; then the database is asked whether a ring got lost
BETWEEN: Final = 1.0  # seconds between two words of how far the same task is
PAUSE: Final = 1.0
MOST_WAITING: Final = 10_000  # writes, while the database is away
MOST_LIVE: Final = 100  # words of progress that a slow listener has before it

Live = dict[str, Any]

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Listener:
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    mail: bool = True  # there may be rows to read
    live: dict[str, Live] = field(default_factory=dict)  # by task: only how far it is now


@dataclass
class Bulletin:
    """One for a process; `ring` is heard by those of all processes."""

    mailboxes: Mailboxes
    redis: Redis
    settings: NotificationsSettings
    _listeners: defaultdict[str, set[Listener]] = field(default_factory=lambda: defaultdict(set))
    _written: list[tuple[str, Operation[Any]]] = field(default_factory=list)
    _progress: dict[str, tuple[str, Live]] = field(default_factory=dict)
    _something: asyncio.Event = field(default_factory=asyncio.Event)
    _is_closing: bool = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        telling = asyncio.create_task(self._tell_on())
        try:
            async with swept(self._forget, "notifications.not_swept"), beside(self._tell_progress()):
                yield
        finally:
            self._is_closing = True
            self._something.set()
            await asyncio.wait([telling])  # never cut: what it has in its hands would be lost

    def tell(self, news: News) -> None:
        """Nobody waits for it."""
        self.write(news.owner, lambda connection: put(connection, news))

    def write(self, owner: str, operation: Operation[Any]) -> None:
        """Something of the kind that is to be in the database soon."""
        if len(self._written) >= MOST_WAITING:
            logger.warning("notifications.dropped", extra={"owner": owner})
            return
        self._written.append((owner, operation))
        self._something.set()

    def progress(self, owner: str, task_id: str, live: Live) -> None:
        """Told to whoever listens at this moment, and kept nowhere."""
        self._progress[task_id] = owner, live

    def ended(self, task_id: str) -> None:
        self._progress.pop(task_id, None)

    async def ring(self, owner: str, live: list[Live] | None = None) -> None:
        """There is something to read; who misses it looks now and then anyway."""
        if not live:
            self._wake(owner)
        try:
            await self.redis.publish(CHANNEL, json.dumps({"owner": owner, "live": live or []}))
        except RedisError as error:
            logger.warning("notifications.not_rung", extra={"reason": str(error)})

    def hear(self, rung: bytes | None) -> None:
        """From the channel; None: something may have been missed."""
        if rung is None:
            for owner in self._listeners:
                self._wake(owner)
            return
        told = json.loads(rung)
        if not told["live"]:
            self._wake(told["owner"])
        for listener in self._listeners.get(told["owner"], ()):
            for live in told["live"][:MOST_LIVE]:
                if len(listener.live) < MOST_LIVE or live["task_id"] in listener.live:
                    listener.live[live["task_id"]] = live
                    listener.bell.set()

    async def listen(self, owner: str, after: int | None) -> AsyncGenerator[NotificationRow | Live | None]:
        """What came after a place, or since they last listened, and then what comes; None: nothing for a while."""
        with self._listening(owner) as listener:
            place = await self.mailboxes.sent(owner) if after is None else after
            quiet = 0
            while True:
                while listener.mail and (rows := await self._mail(listener, owner, place)):
                    for row in rows:
                        yield row
                    place = rows[-1].place
                    await self.mailboxes.mark_sent(owner, place)
                while listener.live:
                    yield listener.live.pop(next(iter(listener.live)))
                if await _rung(listener):
                    quiet = 0
                else:
                    quiet += 1
                    listener.mail = listener.mail or quiet % LOOK_AGAIN == 0
                    yield None

    async def _mail(self, listener: Listener, owner: str, place: int) -> Sequence[NotificationRow]:
        listener.mail = False  # before we look: what comes meanwhile rings again
        rows = await self.mailboxes.after(owner, place, PAGE)
        listener.mail = listener.mail or len(rows) == PAGE
        return rows

    @contextmanager
    def _listening(self, owner: str) -> Iterator[Listener]:
        listener = Listener()
        self._listeners[owner].add(listener)
        try:
            yield listener
        finally:
            self._listeners[owner].discard(listener)
            if not self._listeners[owner]:
                del self._listeners[owner]

    def _wake(self, owner: str) -> None:
        for listener in self._listeners.get(owner, ()):
            listener.mail = True
            listener.bell.set()

    async def _tell_on(self) -> None:
        while not self._is_closing:
            await self._something.wait()
            if not await self._write_all() and not self._is_closing:
                await asyncio.sleep(PAUSE)
        await self._write_all()

    async def _write_all(self) -> bool:
        """Whether the database took it; else it is kept for the next time."""
        self._something.clear()
        written, self._written = self._written, []
        if not written:
            return True
        try:
            await self.mailboxes.ledger.write(lambda connection: _all(connection, written))
        except (SQLAlchemyError, OSError) as error:
            logger.warning("notifications.not_written", extra={"reason": str(error)})
            self._written[:0] = written
            self._something.set()
            return False
        for owner in {owner for owner, _ in written}:
            await self.ring(owner)
        return True

    async def _tell_progress(self) -> None:
        while True:
            await asyncio.sleep(BETWEEN)
            told, self._progress = self._progress, {}
            by_owner: defaultdict[str, list[Live]] = defaultdict(list)
            for owner, live in told.values():
                by_owner[owner].append(live)
            for owner, lives in by_owner.items():
                await self.ring(owner, lives)

    async def _forget(self) -> int:
        return await self.mailboxes.forget(datetime.now(UTC) - timedelta(days=self.settings.kept_days))


async def _rung(listener: Listener) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(listener.bell.wait(), KEEP_ALIVE)
    rung = listener.bell.is_set()
    listener.bell.clear()
    return rung


def _all(connection: Connection, written: list[tuple[str, Operation[Any]]]) -> None:
    for _, operation in written:
        operation(connection)
