"""Which tasks this process hears everything of: those that somebody in it reads, until the last reader has left."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from neuroagent.app.engine.turns import Turns

logger = logging.getLogger(__name__)


@dataclass
class _Watch:
    readers: int = 0
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Watches:
    """A task's list knows processes, not readers; so each process counts its own."""

    def __init__(self, inbox: str) -> None:
        self._inbox = inbox
        self._kept: dict[str, _Watch] = {}

    @asynccontextmanager
    async def kept(self, task_id: str, turns: Turns) -> AsyncIterator[None]:
        """On the task's list from here on, and for as long as anybody else in this process wants it too."""
        watch = self._kept.setdefault(task_id, _Watch())
        watch.readers += 1
        try:
            async with watch.changing:  # whoever leaves at this moment is off the list before we are on it
                await turns.watch(task_id, self._inbox)
            yield
        finally:
            watch.readers -= 1
            async with watch.changing:
                await self._left(task_id, watch, turns)

    async def _left(self, task_id: str, watch: _Watch, turns: Turns) -> None:
        if watch.readers or self._kept.get(task_id) is not watch:
            return
        try:
            await turns.unwatch(task_id, self._inbox)
        except RedisError as error:  # what is told too much is ignored, and the list goes after a day
            logger.warning("watch.not_ended", extra={"task_id": task_id, "reason": str(error)})
        finally:
            if not watch.readers:
                del self._kept[task_id]
