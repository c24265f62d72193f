"""One connection for all readers of this process: what is published of their runs reaches each of them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from neuroagent.app.background import beside
from neuroagent.app.chat.run_stream import END, run_key
from neuroagent.app.engine.redis import redis_needed
from neuroagent.app.notifications.bulletin import CHANNEL as NEWS

CONTROL: Final = "runs:control"  # a run's id: its holder is to stop it
KEEP_ALIVE: Final = 15.0  # seconds
MOST_WAITING: Final = 2_000  # entries; who is further behind reads them from Redis
PAUSE: Final = 0.2
LAST_ENTRY: Final = 2**63  # more than an attempt will ever say
SEPARATOR: Final = b"\n\n"
STILL_HERE: Final = b": still here\n\n"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """A piece of a run, ready to be sent."""

    order: tuple[int, int]
    is_last: bool
    sent: bytes


@dataclass(eq=False)
class Reader:
    entries: asyncio.Queue[Entry | None] = field(default_factory=asyncio.Queue)  # None: something may be missing


class RunHub:
    def __init__(
        self, commands: Redis, kept: Redis, on_stop: Callable[[str], None], on_news: Callable[[bytes | None], None]
    ) -> None:
        self._commands = commands
        self._pubsub: PubSub = kept.pubsub()
        self._on_stop = on_stop
        self._on_news = on_news
        self._readers: defaultdict[str, set[Reader]] = defaultdict(set)
        self._changing = asyncio.Lock()  # one subscribes at a time, and who leaves doesn't undo what who comes does

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        try:
            async with beside(self._listen()):
                yield
        finally:
            await self._pubsub.aclose()

    async def must_be_reachable(self) -> None:
        """Unavailable, before anything is written that nobody could answer."""
        with redis_needed():
            await self._commands.ping()

    async def ask_to_stop(self, run_id: str) -> None:
        with redis_needed():
            await self._commands.publish(CONTROL, run_id)

    async def read(self, run_id: str, rested: int = 0, *, retold: bool = True) -> AsyncGenerator[bytes | None]:
        """All that a run says, from its beginning; None: nothing for a while; nothing at all: there may be no more.

        What attempts up to `rested` have said ended with a question, and is part of what is told again since; who has
        heard it already hears on from there.
        """
        seen, attempt = (rested, LAST_ENTRY), None if retold else rested + 1
        async with self._reader(run_id) as reader:
            while True:
                async for entry in self._next(run_id, reader, seen):
                    if not isinstance(entry, Entry):
                        yield entry
                        continue
                    if attempt not in {None, entry.order[0]}:
                        return  # it was taken up and told anew: who comes again hears it all
                    seen, attempt = entry.order, entry.order[0]
                    yield entry.sent if retold or entry.order[1] > 1 else entry.sent.partition(SEPARATOR)[0] + SEPARATOR
                    if entry.is_last:
                        return

    async def _next(self, run_id: str, reader: Reader, seen: tuple[int, int]) -> AsyncGenerator[Entry | bytes | None]:
        """What comes next: usually one entry, and all that are kept when some may have been missed."""
        try:
            entry = await asyncio.wait_for(reader.entries.get(), KEEP_ALIVE)
        except TimeoutError:
            yield None
            return
        if entry is not None:
            if entry.order > seen:
                yield entry
            return
        with redis_needed():
            kept = await self._commands.xrange(run_key(run_id), f"({seen[0]}-{seen[1]}", "+")
        if not kept:
            yield b""
        for number, fields in kept:
            yield _entry(number, fields[b"flag"], fields[b"chunks"].split(b"\n"))

    @asynccontextmanager
    async def _reader(self, run_id: str) -> AsyncIterator[Reader]:
        reader = Reader()
        is_first = not self._readers[run_id]
        self._readers[run_id].add(reader)
        try:
            if is_first:
                async with self._changing:
                    with redis_needed():
                        await self._pubsub.subscribe(run_key(run_id))
            else:
                reader.entries.put_nowait(None)
            yield reader
        finally:
            self._readers[run_id].discard(reader)
            await self._left(run_id)

    async def _left(self, run_id: str) -> None:
        async with self._changing:
            if self._readers[run_id]:
                return
            del self._readers[run_id]
            try:
                await self._pubsub.unsubscribe(run_key(run_id))
            except RedisError as error:
                logger.warning("runs.not_left", extra={"run_id": run_id, "reason": str(error)})

    async def _listen(self) -> None:
        while True:
            try:
                async with self._changing:  # two that subscribe first, at once, would open two connections
                    await self._pubsub.subscribe(CONTROL, NEWS)
                async for message in self._pubsub.listen():
                    self._hear(message)
            except RedisError as error:
                logger.warning("runs.not_heard", extra={"reason": str(error)})
                await asyncio.sleep(PAUSE)

    def _hear(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode()
        run_id = channel.removeprefix("run:")
        if channel == NEWS and message["type"] in {"subscribe", "message"}:
            self._on_news(message["data"] if message["type"] == "message" else None)
        elif message["type"] == "subscribe":  # also after a lost connection
            self._give(run_id, None)
        elif message["type"] == "message" and channel == CONTROL:
            self._on_stop(message["data"].decode())
        elif message["type"] == "message":
            number, flag, *chunks = message["data"].split(b"\n")
            self._give(run_id, _entry(number, flag, chunks))

    def _give(self, run_id: str, entry: Entry | None) -> None:
        for reader in self._readers.get(run_id, ()):
            if reader.entries.qsize() < MOST_WAITING:
                reader.entries.put_nowait(entry)
            else:
                reader.entries = asyncio.Queue()
                reader.entries.put_nowait(None)


def _entry(number: bytes, flag: bytes, chunks: list[bytes]) -> Entry:
    attempt, _, n = number.decode().partition("-")
    sent = b"".join(b"data: %b\n\n" % chunk for chunk in chunks if chunk)
    return Entry((int(attempt), int(n)), flag == END.encode(), sent)
