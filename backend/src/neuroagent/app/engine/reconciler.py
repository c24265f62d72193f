"""Mends what got lost between ledger and workers: adopts, sends again, ends; any number of replicas may run it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Final

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.background import beside
from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.hub import Hub
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.rows import ending_of
from neuroagent.app.engine.turns import Seen
from neuroagent.app.errors import Unavailable
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Cancelled, Ending, Failed, Pause

EVERY: Final = 1.0
LOOK_EVERY: Final = 5  # passes
BATCH: Final = 500
YOUNG: Final = 1.0  # seconds; what was sent just now is on its way
ON_ITS_WAY: Final = (
    3.0  # seconds; longer, and a message that nobody claimed counts as lost once its queue has passed it
)
WIPED: Final = 3.0  # seconds that a running task has to take its lease back after a wipe of Redis

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciler:
    dispatch: Dispatch
    hub: Hub

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with beside(self._run()):
            yield

    async def _run(self) -> None:
        for number in count(1):
            await asyncio.sleep(EVERY)
            try:
                await self.pass_once()
                if number % LOOK_EVERY == 0:
                    await self.look_for_those_who_wait()
            except (RedisError, SQLAlchemyError, Unavailable, OSError) as error:
                logger.warning("reconciler.paused", extra={"reason": str(error)})

    async def look_for_those_who_wait(self) -> None:
        """Whoever waits in this process for what ended unheard is told now: one look for all of them."""
        waited_for = self.hub.waited_for
        for start in range(0, len(waited_for), BATCH):
            task_ids = waited_for[start : start + BATCH]
            known = await self.dispatch.turns.finals(task_ids)
            rest = [task_id for task_id in task_ids if task_id not in known]
            known |= {row.id: ending_of(row) for row in await self.dispatch.ledger.ended_rows(rest)}
            for task_id, event in known.items():
                self.hub.wake(task_id, event)

    async def pass_once(self) -> None:
        now = time.time()
        rows = await self.dispatch.ledger.open_rows(now - YOUNG, BATCH)
        if not rows:
            return
        seen = await self.dispatch.turns.see([row.id for row in rows])
        passed = await self.dispatch.turns.queue_has_passed(sorted({row.queue for row in rows}))
        alive = [row.id for row, found in zip(rows, seen, strict=True) if found.leased and found.final is None]
        if alive:
            await self.dispatch.ledger.running(alive, now)
        await self._adopt(rows, seen)
        for row, found in zip(rows, seen, strict=True):
            if not (found.final or found.pause or found.leased):
                await self._mend(row, found, now, passed[row.queue])
            elif found.pause and row.state in {"retrying", "waiting_input"}:
                await self._rested(row)

    async def _adopt(self, rows: Sequence[TaskRow], seen: Sequence[Seen]) -> None:
        """What ended or paused, and this process wasn't told."""
        pairs = ((row, found.final or found.pause) for row, found in zip(rows, seen, strict=True))
        told = [(row.id, event) for row, event in pairs if event is not None]
        if told:
            runs = {row.id for row in rows if row.session_id is not None}
            for task_id, event in told:
                if task_id in runs and isinstance(event, Ending):
                    await self.dispatch.ended(task_id, event)
            await self.dispatch.ledger.apply([one for one in told if one[0] not in runs or isinstance(one[1], Pause)])
            for task_id, event in told:
                self.hub.wake(task_id, event)

    async def _mend(self, row: TaskRow, found: Seen, now: float, passed: float) -> None:
        if row.cancel_requested:
            await self.dispatch.turns.end(row.id, row.inbox, Cancelled(at=datetime.now(UTC)))
        elif row.state in {"retrying", "waiting_input"}:
            await self._rested(row)
        elif found.attempts is not None and found.attempts > row.attempts:  # claimed since it was sent, and the lease
            await self._lost(row, found.attempts)  # ran out: the worker is gone
        elif row.state == "running":
            if now - row.alive_at > WIPED:
                await self._again(row, "Redis was wiped")
        elif now - row.sent_at > ON_ITS_WAY and passed > row.sent_at:
            await self._again(row, "its message is gone")

    async def _rested(self, row: TaskRow) -> None:
        if row.cancel_requested:
            await self.dispatch.turns.end(row.id, row.inbox, Cancelled(at=datetime.now(UTC)))
        elif row.state == "retrying" and (row.due_at is None or row.due_at <= datetime.now(UTC)):
            await self._again(row, "its pause is over")

    async def _lost(self, row: TaskRow, attempts: int) -> None:
        most = CONTRACTS[row.name].retries.attempts
        if attempts < most:
            await self._again(row, "its worker fell silent", attempts=attempts)
            return
        failure = Failure(code="worker_lost", message=f"Its worker died {attempts} times (killed, or out of memory).")
        await self.dispatch.turns.end(row.id, row.inbox, Failed(at=datetime.now(UTC), failure=failure))

    async def _again(self, row: TaskRow, reason: str, attempts: int | None = None) -> None:
        if await self.dispatch.send_again(row, attempts):
            logger.info("task.sent_again", extra={"task_id": row.id, "trace_id": row.trace_id, "reason": reason})
