"""From a job to a row to a message: what is refused never runs, and what is accepted runs once."""

import logging
import time
from dataclasses import dataclass

from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.hub import Hub
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.rows import is_withdrawn, withdrawal
from neuroagent.app.engine.sender import NotSent, PerhapsSent
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.contract import Message

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Acceptance:
    ledger: Ledger
    dispatch: Dispatch
    hub: Hub

    async def of(self, row: TaskRow, job: Message) -> TaskRow:
        """The row itself, or the one that an earlier submission with the same key has made."""
        await self.dispatch.must_own(job, row.owner)
        if name := CONTRACTS[row.name].session_of(job):
            row.session_id = await self.dispatch.sessions.opened(row.owner, name)
        kept = await self.ledger.add(row)
        if kept is not row:
            return await self._again(kept, job) if is_withdrawn(kept) else kept
        await self._send(row, job)
        return row

    async def _again(self, refused: TaskRow, job: Message) -> TaskRow:
        """It was refused under this key, and is asked for once more; of several who ask at once, one sends it."""
        is_ours = await self.ledger.revive(refused, time.time())
        row = await self.ledger.find(refused.id) or refused
        if is_ours:
            await self._send(row, job)
        return row

    async def _send(self, row: TaskRow, job: Message) -> None:
        try:
            await self.dispatch.send(row, job)
        except NotSent as trouble:
            ending = withdrawal(str(trouble))
            if await self.ledger.withdraw(row, ending):
                self.hub.wake(row.id, ending)
                raise
        except PerhapsSent as trouble:  # if it wasn't, the reconciler sends it
            logger.warning("task.perhaps_sent", extra={"task_id": row.id, "reason": str(trouble)})
        logger.info("task.submitted", extra={"task_id": row.id, "task": row.name})
