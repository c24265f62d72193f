"""One connection for all readers of this process: what is published of their runs reaches each of them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from neuroagent.app.background import beside
from neuroagent.app.chat.reader import Entry, Reader
from neuroagent.app.chat.run_stream import END, run_key
from neuroagent.app.engine.redis import redis_needed
from neuroagent.app.notifications.bulletin import CHANNEL as NEWS

CONTROL: Final = "runs:control"  # a run's id: its holder is to stop it
PAUSE: Final = 0.2
LAST_ENTRY: Final = 2**63  # more than an attempt will ever say
SEPARATOR: Final = b"\n\n"
STILL_HERE: Final = b": still here\n\n"

logger = logging.getLogger(__name__)


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

    async def read(
        self, run_id: str, leaving: "asyncio.Future[None] | None" = None, *, rested: int = 0, retold: bool = True
    ) -> AsyncGenerator[bytes | None]:
        """All that a run says, from its beginning; None: nothing for a while; nothing at all: there may be no more.

        What attempts up to `rested` have said ended with a question, and is part of what is told again since; who has
        heard it already hears on from there.
        """
        seen, attempt = (rested, LAST_ENTRY), None if retold else rested + 1
        async with self._reader(run_id, leaving) as reader:
            while not reader.has_left:
                entries = await reader.something()
                if reader.is_silent and not (entries or reader.is_behind):
                    yield None
                reader.is_silent = False
                if reader.is_behind:
                    entries = await self._kept(run_id, reader, seen)
                    if not entries:
                        yield b""
                now = [entry for entry in entries if entry.order > seen]
                attempt = attempt or (now[0].order[0] if now else None)
                told = [entry for entry in now if entry.order[0] == attempt]
                if told:
                    seen = told[-1].order
                    yield b"".join(entry.sent if retold else _unheard(entry) for entry in told)
                if len(told) < len(now) or (told and told[-1].is_last):
                    return  # it has ended; or was taken up and told anew, and who comes again hears it all

    async def _kept(self, run_id: str, reader: Reader, seen: tuple[int, int]) -> list[Entry]:
        reader.is_behind = False
        with redis_needed():
            kept = await self._commands.xrange(run_key(run_id), f"({seen[0]}-{seen[1]}", "+")
        return [_entry(number, fields[b"flag"], fields[b"chunks"].split(b"\n")) for number, fields in kept]

    @asynccontextmanager
    async def _reader(self, run_id: str, leaving: "asyncio.Future[None] | None") -> AsyncIterator[Reader]:
        reader = Reader()
        is_first = not self._readers[run_id]
        self._readers[run_id].add(reader)
        if leaving is not None:
            leaving.add_done_callback(reader.leave)
        try:
            if is_first:
                async with self._changing:
                    with redis_needed():
                        await self._pubsub.subscribe(run_key(run_id))
            else:
                reader.look_again()
            yield reader
        finally:
            reader.close()
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
            self._look_again(run_id)
        elif message["type"] == "message" and channel == CONTROL:
            self._on_stop(message["data"].decode())
        elif message["type"] == "message":
            number, flag, *chunks = message["data"].split(b"\n")
            self._give(run_id, _entry(number, flag, chunks))

    def _look_again(self, run_id: str) -> None:
        for reader in self._readers.get(run_id, ()):
            reader.look_again()

    def _give(self, run_id: str, entry: Entry) -> None:
        for reader in self._readers.get(run_id, ()):
            reader.give(entry)


def _unheard(entry: Entry) -> bytes:
    """An attempt begins by telling all that was told before it: of that, only that it begins."""
    return entry.sent if entry.order[1] > 1 else entry.sent.partition(SEPARATOR)[0] + SEPARATOR


def _entry(number: bytes, flag: bytes, chunks: list[bytes]) -> Entry:
    attempt, _, n = number.decode().partition("-")
    sent = b"".join(b"data: %b\n\n" % chunk for chunk in chunks if chunk)
    return Entry((int(attempt), int(n)), flag == END.encode(), sent)
