"""Turns a row into a message: what a job may read and write is granted anew each time it is sent."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.sender import Sender
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.engine.turns import Turns
from neuroagent.app.errors import NotFound
from neuroagent.app.storage import Grants, Storage
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.events import Ending
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.jobs import Job

Owns = Callable[[StoredFile, str], Awaitable[bool]]


@dataclass(frozen=True)
class Dispatch:
    """The way of every message, the first one and any that follows."""

    ledger: Ledger
    turns: Turns
    sender: Sender
    grants: Grants
    storage: Storage
    sessions: Sessions
    shelves: Mapping[str, Owns] = field(default_factory=dict)
    """Whose the files are that no task made, by the folder they lie in: each room keeps its own."""

    async def send(self, row: TaskRow, job: Message | None = None) -> bool:
        """Whether it was: a run of a session is sent when the one before it has ended."""
        if row.session_id is not None and not await self.sessions.taken(row):
            return False
        given = CONTRACTS[row.name].decode(row.input) if job is None else job
        session = await self.sessions.terms(row) if row.session_id else None
        files = [*files_in(given), *files_in(session)]
        message = Job(
            task_id=row.id,
            trace_id=row.trace_id,
            input=row.input,
            upload=self.grants.upload(row.id),
            downloads={file.key: self.grants.download(file, row.id) for file in files},
            session=session,
            inbox=row.inbox,
            sent_at=row.sent_at,
            attempts=row.attempts,
            answer=row.answer,
        )
        await self.sender.send(row.name, row.queue, message)
        return True

    async def send_again(self, row: TaskRow, attempts: int | None = None) -> bool:
        """Of several replicas that try, one does; a message too many is harmless, since a worker has to claim."""
        at = time.time()
        used = row.attempts if attempts is None else attempts
        if not await self.ledger.sending(row, at, attempts=used):
            return False
        row.attempts = used
        await self.turns.forget_pause(row.id)
        row.sent_at = at
        return await self.send(row)

    async def ended(self, task_id: str, ending: Ending) -> None:
        """Write down how a run of a session ended, and send the one that waited for it."""
        for row in await self.sessions.left(task_id, ending):
            await self.send_again(row)

    async def must_own(self, job: Message, owner: str) -> None:
        """What somebody may have read to him is his own."""
        for file in files_in(job):
            owns = self.shelves.get(file.key.partition("/")[0], self._made_by)
            if not await owns(file, owner):
                raise NotFound(f"There is no file {file.key!r}.")

    async def _made_by(self, file: StoredFile, owner: str) -> bool:
        """A file lies under the task that made it; whoever owns the task owns the file."""
        folder, _, rest = file.key.partition("/")
        task_id, _, name = rest.partition("/")
        return folder == "tasks" and bool(name) and await self.ledger.find(task_id, owner) is not None


def files_in(value: Any) -> list[StoredFile]:
    """Every stored file that a message names."""
    match value:
        case StoredFile():
            return [value]
        case BaseModel():
            return [file for name in type(value).model_fields for file in files_in(getattr(value, name))]
        case list() | tuple():
            return [file for part in value for file in files_in(part)]
        case dict():
            return [file for part in value.values() for file in files_in(part)]
        case _:
            return []
