"""What a run says, written to Redis: kept for whoever comes later, published for whoever is there."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from neuroagent.app.chat.wire import Chunk

BETWEEN: Final = 0.05  # seconds: twenty times a second is as smooth as anybody can see
KEPT_RUNNING: Final = 86_400  # seconds
KEPT_ENDED: Final = 3_600
AT_ONCE: Final = frozenset({"tool-output-available", "tool-output-error"})  # somebody has waited long enough
END: Final = "end"
MORE: Final = "more"


class LostRun(Exception):
    """Another process has taken this run up; what we would write counts no longer."""


def run_key(run_id: str) -> str:
    return f"run:{run_id}"


def told(entry: str, flag: str, chunks: Sequence[str]) -> str:
    """An entry as it is published: its id, whether it is the last, and a line for each chunk."""
    return "\n".join([entry, flag, *chunks])


class RunStream:
    """Entries are numbered `attempt-n`: Redis itself refuses those of a process that has lost its run."""

    def __init__(self, redis: Redis, run_id: str, attempt: int) -> None:
        self._redis = redis
        self._key = run_key(run_id)
        self._attempt = attempt
        self._number = 0
        self._waiting: list[Chunk] = []
        self._something = asyncio.Event()
        self._leaving = False
        self._hurry = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def begin(self, *retold: Chunk) -> None:
        """What an attempt before has left is gone, and told again as the first entry; the rest goes out by itself."""
        await self._redis.xtrim(self._key, maxlen=0, approximate=False)  # it keeps the last number
        if retold:
            self._waiting += map(dict, retold)
            await self._write(MORE)
        self._writer = asyncio.create_task(self._write_on())

    def say(self, chunk: Chunk) -> None:
        """RedisError or LostRun when what was said before could not be written."""
        if self._writer is not None and self._writer.done():
            self._writer.result()
        if not self._is_more_of_the_last(chunk):
            self._waiting.append(dict(chunk))
        self._something.set()
        if chunk["type"] in AT_ONCE:
            self._hurry.set()

    async def end(self, *chunks: Chunk) -> None:
        """The last words."""
        await self.leave()
        if self._writer is not None:
            self._writer.result()
        self._waiting += chunks
        await self._write(END)
        await self._redis.expire(self._key, KEPT_ENDED)

    async def leave(self) -> None:
        """Write no more; somebody else may go on."""
        self._leaving = True
        self._something.set()
        self._hurry.set()
        if self._writer is not None:  # never cut: what it has in its hands would be lost
            await asyncio.wait([self._writer])

    def _is_more_of_the_last(self, chunk: Chunk) -> bool:
        """Deltas that follow each other within a moment become one."""
        last = self._waiting[-1] if self._waiting else {}
        delta = "inputTextDelta" if chunk["type"] == "tool-input-delta" else "delta"
        same = all(last.get(name) == chunk.get(name) for name in ("type", "id", "toolCallId"))
        if not same or delta not in chunk:
            return False
        last[delta] = f"{last[delta]}{chunk[delta]}"
        return True

    async def _write_on(self) -> None:
        while not self._leaving:
            if self._waiting:
                await self._write(MORE)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), BETWEEN)
            await self._something.wait()

    async def _write(self, flag: str) -> None:
        self._something.clear()
        self._hurry.clear()
        self._number += 1
        chunks, self._waiting = self._waiting, []
        lines = [json.dumps(chunk, ensure_ascii=False, separators=(",", ":")) for chunk in chunks]
        entry = f"{self._attempt}-{self._number}"
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.xadd(self._key, {"flag": flag, "chunks": "\n".join(lines)}, id=entry)
                pipe.publish(self._key, told(entry, flag, lines))
                pipe.expire(self._key, KEPT_RUNNING)
                await pipe.execute()
        except ResponseError as refusal:
            raise LostRun(str(refusal)) from refusal
        except RedisError:
            self._waiting[:0] = chunks
            raise
