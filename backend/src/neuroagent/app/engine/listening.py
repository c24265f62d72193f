"""Hearing of a task, whoever it was sent by: its end, or all that is told of it; nothing missed, nothing twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from neuroagent.app.engine.hub import Hub, Word
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.rows import ending_of
from neuroagent.app.engine.states import ENDED
from neuroagent.app.engine.turns import Turns
from neuroagent.task_schemas.events import Ending, Event, Progress, Started, WaitingInput

LOOK_AGAIN: Final = 5.0  # seconds; then who follows looks whether something was missed

Told = tuple[str | None, Event]


@dataclass(frozen=True)
class Listening:
    ledger: Ledger
    turns: Turns
    hub: Hub

    async def word(self, row: TaskRow, patience: timedelta) -> Word | None:
        """Its ending or its question, as soon as it is there."""
        told_anyway = row.inbox == self.hub.inbox
        with self.hub.expecting(row.id) as word:
            async with nullcontext() if told_anyway else self.hub.watches.kept(row.id, self.turns):
                if known := await self._known(row):  # it may have been told before we listened
                    return known
                with suppress(TimeoutError):  # what is missed, the reconciler looks for
                    return await asyncio.wait_for(word, patience.total_seconds())
                return None

    async def _known(self, row: TaskRow) -> Word | None:
        [seen] = await self.turns.see([row.id])
        if seen.final:
            return seen.final
        if isinstance(seen.pause, WaitingInput):
            return seen.pause
        kept = await self.ledger.find(row.id)
        return ending_of(kept) if kept is not None and kept.state in ENDED else None

    async def told(self, row: TaskRow, after: str) -> AsyncGenerator[Told]:
        """All of it from this entry on, until it ends; each thing once."""
        with self.hub.following(row.id) as queue:
            async with self.hub.watches.kept(row.id, self.turns), aclosing(self._told(row, queue, after)) as told:
                async for entry, event in told:
                    yield entry, event

    async def _told(self, row: TaskRow, queue: "asyncio.Queue[tuple[str, Event]]", after: str) -> AsyncGenerator[Told]:
        """First what the stream holds, then what comes; now and then a look whether something was missed."""
        while True:
            for entry, event in await self.turns.told(row.id, after):
                after = entry
                yield entry, event
                if isinstance(event, Ending):
                    return
            kept = await self.ledger.find(row.id)
            if kept is not None and kept.state in ENDED and not await self.turns.told(row.id, after):
                yield None, ending_of(kept)  # the stream is gone; the ledger has the ending
                return
            with suppress(TimeoutError):
                while True:
                    entry, event = await asyncio.wait_for(queue.get(), LOOK_AGAIN)
                    if _later(entry, after):
                        after = entry
                        yield entry, event
                        if isinstance(event, Ending):
                            return

    async def under_way(self, row: TaskRow) -> tuple[str | None, Progress | None]:
        """Who runs it, and how far it is."""
        worker, progress = None, None
        for _, event in await self.turns.told(row.id):
            match event:
                case Started():
                    worker = event.worker
                case Progress():
                    progress = event
        return worker, progress


def _later(entry: str, after: str) -> bool:
    return _order(entry) > _order(after)


def _order(entry: str) -> tuple[int, int]:
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number or 0)
