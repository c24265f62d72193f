"""The ledger: what was asked, by whom, and how it ended; the database is the truth, the broker a hint."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update

from neuroagent.app.db.database import Database
from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.events import Done, Ending

TASK_ID: Final = re.compile(r"[0-9a-f-]{1,36}")
QUEUED, DONE, FAILED = "queued", "done", "failed"


@dataclass(frozen=True)
class Ledger:
    database: Database

    async def add(self, row: TaskRow) -> None:
        async with self.database.write() as session:
            session.add(row)

    async def find(self, task_id: str, owner: str | None = None) -> TaskRow | None:
        """A stranger's task isn't found."""
        if not TASK_ID.fullmatch(task_id):
            return None  # there are texts that a database can't even be asked for
        query = select(TaskRow).where(TaskRow.id == task_id)
        async with self.database.read() as session:
            return await session.scalar(query if owner is None else query.where(TaskRow.owner == owner))

    async def end(self, task_id: str, ending: Ending) -> None:
        """Write down how it ended; the first ending stays."""
        match ending:
            case Done(at=at, output=output):
                values = {"state": DONE, "ended_at": at, "output": output}
            case failed:
                values = {"state": FAILED, "ended_at": failed.at, "failure": failed.failure.model_dump(mode="json")}
        change = update(TaskRow).where(TaskRow.id == task_id, TaskRow.state == QUEUED).values(values)
        async with self.database.write() as session:
            await session.execute(change)
