"""Clears what dead workers left with the broker: messages of ended tasks, which nobody will ever acknowledge.

Celery gives such a message to another worker after a day. Redis keeps the ending of a task for a day too, and from then
on nothing there says that the task has ended: its body would run again.
"""

import json
import logging
import time
from collections.abc import Sequence
from typing import Final

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.turns import Turns

TAKEN: Final = "unacked"  # by its tag, each message that a worker has taken and not acknowledged
TAKEN_AT: Final = "unacked_index"
YOUNG: Final = 1.0  # seconds; most are acknowledged sooner
PAGE: Final = 100

logger = logging.getLogger(__name__)


class Leftovers:
    """A message is read once, however long its task runs: it may be large."""

    def __init__(self, ledger: Ledger, turns: Turns, young: float = YOUNG) -> None:
        self._ledger = ledger
        self._turns = turns
        self._young = young
        self._task_of: dict[bytes, str | None] = {}

    async def clear(self) -> None:
        """Harmless to a worker that lives and is about to acknowledge: it then removes what is gone already."""
        tags = await self._turns.redis.zrangebyscore(TAKEN_AT, "-inf", time.time() - self._young)
        self._task_of = {tag: self._task_of[tag] for tag in tags if tag in self._task_of}
        for start in range(0, len(tags), PAGE):
            await self._clear(tags[start : start + PAGE])

    async def _clear(self, tags: Sequence[bytes]) -> None:
        await self._read([tag for tag in tags if tag not in self._task_of])
        by_tag = {tag: task_id for tag in tags if (task_id := self._task_of[tag])}
        ended = await self._ended(sorted(set(by_tag.values())))
        if left := [tag for tag, task_id in by_tag.items() if task_id in ended]:
            async with self._turns.redis.pipeline() as pipeline:
                pipeline.zrem(TAKEN_AT, *left).hdel(TAKEN, *left)
                await pipeline.execute()
            logger.info("leftovers.cleared", extra={"messages": len(left)})

    async def _read(self, tags: Sequence[bytes]) -> None:
        if tags:
            messages = await self._turns.redis.hmget(TAKEN, tags)
            self._task_of |= dict(zip(tags, map(_task_of, messages), strict=True))

    async def _ended(self, task_ids: Sequence[str]) -> set[str]:
        if not task_ids:
            return set()
        known = set(await self._turns.finals(task_ids))
        rest = [task_id for task_id in task_ids if task_id not in known]
        return known | {row.id for row in await self._ledger.ended_rows(rest)}


def _task_of(message: bytes | None) -> str | None:
    """None for what was acknowledged meanwhile, and for what isn't ours."""
    try:
        return str(json.loads(message or b"[]")[0]["headers"]["id"])
    except (LookupError, TypeError, ValueError):
        return None
