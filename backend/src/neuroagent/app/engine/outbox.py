"""Messages on their way to the queues: what comes while a push is under way goes out with the next one."""

import asyncio
from dataclasses import dataclass
from typing import Final

from redis.exceptions import RedisError

from neuroagent.app.engine.line import Command, Line

MOST_AT_ONCE: Final = 100


@dataclass(frozen=True)
class _Parcel:
    command: Command
    pushed: "asyncio.Future[None]"


class Outbox:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._parcels: list[_Parcel] = []
        self._busy = False
        self._rest: asyncio.Task[None] | None = None

    async def push(self, queue: str, message: str) -> None:
        """Back when Redis has it; a RedisError if that is uncertain."""
        command = ("LPUSH", queue, message)
        if self._busy:
            parcel = _Parcel(command, asyncio.get_running_loop().create_future())
            self._parcels.append(parcel)
            await parcel.pushed
            return
        self._busy = True
        try:
            await self._line.ask(command)
        finally:
            if self._parcels:
                self._rest = asyncio.create_task(self._push_the_rest())
            else:
                self._busy = False

    async def _push_the_rest(self) -> None:
        while self._parcels:
            batch = self._parcels[:MOST_AT_ONCE]
            del self._parcels[:MOST_AT_ONCE]
            trouble: RedisError | None = None
            try:
                await self._line.ask(*(parcel.command for parcel in batch))
            except RedisError as error:
                trouble = error
            for parcel in batch:
                _deliver(parcel, trouble)
        self._busy = False


def _deliver(parcel: _Parcel, trouble: RedisError | None) -> None:
    if parcel.pushed.done():
        return  # who sent it is gone
    if trouble is None:
        parcel.pushed.set_result(None)
    else:
        parcel.pushed.set_exception(trouble)
