"""The files of threads: whose they are, which a script finds at hand, and how they go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Select, and_, delete, exists, func, insert, select

from neuroagent.app.chat.files.made import FILES
from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.chat.files.names import numbered
from neuroagent.app.chat.files.settings import FileLimits
from neuroagent.app.chat.threads import BUSY, RUNS, THREADS
from neuroagent.app.engine.ledger import TASK_ID, Ledger
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.storage import Storage
from neuroagent.task_schemas.files import StoredFile

FOLDER: Final = "threads"
KEY: Final = re.compile(r"threads/[A-Za-z0-9_-]{1,100}/[0-9a-f-]{36}")
UPLOAD: Final = "upload"
COLUMNS: Final = tuple(column.name for column in FILES.columns)


@dataclass(frozen=True)
class ThreadFiles:
    """A thread's owner is its files' owner: who may see the thread is asked before."""

    ledger: Ledger
    storage: Storage
    limits: FileLimits

    async def page(self, thread_id: str) -> Sequence[ThreadFileRow]:
        """Oldest first."""
        query = select(ThreadFileRow).where(ThreadFileRow.thread_id == thread_id)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query.order_by(ThreadFileRow.created_at, ThreadFileRow.id))).all()

    async def one(self, thread_id: str, file_id: str) -> ThreadFileRow:
        if TASK_ID.fullmatch(file_id):  # there are texts that a database can't even be asked for
            query = select(ThreadFileRow).where(ThreadFileRow.thread_id == thread_id, ThreadFileRow.id == file_id)
            async with self.ledger.database.read() as reading:
                if row := await reading.scalar(query):
                    return row
        raise NotFound(f"There is no file {file_id[:100]!r} in this thread.")

    async def add(self, row: ThreadFileRow) -> ThreadFileRow:
        """Under a name that is free; Conflict when the thread is full or gone."""
        came = await self.ledger.write(lambda connection: self._add(connection, row))
        if isinstance(came, Conflict):
            raise came
        row.name = came
        return row

    async def delete(self, row: ThreadFileRow) -> None:
        """Not while an answer is under way: it may be about to read it."""
        busy = exists().where(RUNS.c.thread_id == row.thread_id, RUNS.c.state.in_(BUSY))
        if not await self.ledger.change(delete(FILES).where(FILES.c.id == row.id, ~busy)):
            raise Conflict("The thread is being answered; delete the file when the answer has ended.")
        await self.storage.delete(row.key)

    async def at_hand(self, owner: str, thread_id: str, at: datetime | None = None) -> tuple[StoredFile, ...]:
        """What a script of this thread finds: what people had put there by then, however often that is asked."""
        query = _uploads(owner).where(
            ThreadFileRow.thread_id == thread_id, ThreadFileRow.created_at <= (at or datetime.now(UTC))
        )
        async with self.ledger.database.read() as reading:
            rows = (await reading.scalars(query.order_by(ThreadFileRow.created_at, ThreadFileRow.id))).all()
        return tuple(row.stored for row in rows)

    async def owns(self, file: StoredFile, owner: str) -> bool:
        """To the last digit of its digest: what a job says of a file is what its worker believes."""
        if not KEY.fullmatch(file.key):
            return False  # there are texts that a database can't even be asked for
        async with self.ledger.database.read() as reading:
            row = await reading.scalar(_uploads(owner).where(ThreadFileRow.key == file.key))
        return row is not None and row.stored == file

    async def forget(self, thread_id: str) -> None:
        """The bytes of all of them; the rows go with the thread."""
        for row in await self.page(thread_id):
            await self.storage.delete(row.key)
        await self.storage.delete_prefix(prefix(thread_id))

    def _add(self, connection: Connection, row: ThreadFileRow) -> str | Conflict:
        """The name it got, or why it got none."""
        here = and_(FILES.c.thread_id == row.thread_id, FILES.c.kind == UPLOAD)
        thread = select(THREADS.c.id).where(THREADS.c.id == row.thread_id, THREADS.c.deleted_at.is_(None))
        if not connection.execute(thread.with_for_update()).first():  # one at a time: what is counted holds
            return Conflict("The thread was deleted while the file was uploaded.")
        count, size = connection.execute(select(func.count(), func.sum(FILES.c.size)).where(here)).one()
        if count >= self.limits.most or int(size or 0) + row.size > self.limits.thread_bytes:
            limits = f"{self.limits.most} files of {self.limits.thread_bytes:,} bytes together"
            return Conflict(f"A thread takes {limits} at most; delete one first.")
        taken = set(connection.execute(select(FILES.c.name).where(here)).scalars())
        names = (row.name, *(numbered(row.name, number) for number in range(2, len(taken) + 3)))
        name = next(one for one in names if one not in taken)
        connection.execute(insert(FILES), {one: getattr(row, one) for one in COLUMNS} | {"name": name})
        return name


def _uploads(owner: str) -> Select[ThreadFileRow]:
    mine = and_(THREADS.c.owner == owner, THREADS.c.deleted_at.is_(None), ThreadFileRow.kind == UPLOAD)
    return select(ThreadFileRow).join(THREADS, THREADS.c.id == ThreadFileRow.thread_id).where(mine)


def prefix(thread_id: str) -> str:
    """Where a thread's own files lie."""
    return f"{FOLDER}/{thread_id}/"
