"""One reader of a run: what has come for it since it last looked, or that nothing has for a while."""

import asyncio
from dataclasses import dataclass
from typing import Final

KEEP_ALIVE: Final = 15.0  # seconds
MOST_WAITING: Final = 2_000  # entries; who is further behind reads them from Redis


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of a run, ready to be sent."""

    order: tuple[int, int]
    is_last: bool
    sent: bytes


class Reader:
    """Thousands of these are open at a time: no queue, no timer for each wait, one future while it sleeps."""

    __slots__ = ("_heard", "_loop", "_timer", "_waiting", "_wake", "has_left", "is_behind", "is_silent")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(KEEP_ALIVE, self._tick)
        self._waiting: list[Entry] = []
        self._wake: asyncio.Future[None] | None = None
        self._heard = False
        self.is_behind = False  # something may be missing: Redis has it
        self.is_silent = False
        self.has_left = False

    def give(self, entry: Entry) -> None:
        self._heard = True
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(entry)
            self._wake_up()
        else:
            self.look_again()

    def look_again(self) -> None:
        self._waiting.clear()  # what was there is in Redis too
        self.is_behind = True
        self._wake_up()

    def leave(self, _: object = None) -> None:
        self.has_left = True
        self._wake_up()

    async def something(self) -> list[Entry]:
        """What has come, as soon as there is anything to say, or to look at."""
        if not (self._waiting or self.is_behind or self.is_silent or self.has_left):
            self._wake = self._loop.create_future()
            await self._wake
        came, self._waiting = self._waiting, []
        return came

    def close(self) -> None:
        self._timer.cancel()

    def _tick(self) -> None:
        if not self._heard:
            self.is_silent = True
            self._wake_up()
        self._heard = False
        self._timer = self._loop.call_later(KEEP_ALIVE, self._tick)

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
