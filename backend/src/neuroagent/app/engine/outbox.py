"""Messages on their way to the queues: what comes while a push is under way goes out with the next one."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

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
        """Back when Redis has it. NotAsked and ResponseError say that it hasn't; any other error, that nobody knows."""
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
            try:
                answers = await self._line.tell(*(parcel.command for parcel in batch))
            except RedisError as trouble:
                answers = [trouble] * len(batch)
            for parcel, answer in zip(batch, answers, strict=True):
                _deliver(parcel, answer)
        self._busy = False


def _deliver(parcel: _Parcel, answer: Any) -> None:
    if parcel.pushed.done():
        return  # who sent it is gone
    if isinstance(answer, RedisError):
        parcel.pushed.set_exception(answer)
    else:
        parcel.pushed.set_result(None)
