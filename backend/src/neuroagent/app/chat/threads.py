"""Threads and their messages, each looked up through its owner: another's thread isn't there."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import uuid4

from sqlalchemy import Connection, Table, and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from neuroagent.app.approvals.questions import forget as forget_approvals
from neuroagent.app.chat.models import MessageRow, RunRow, ThreadRow
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.errors import Conflict, InvalidInput, NotFound

THREADS: Final = cast("Table", ThreadRow.__table__)
MESSAGES: Final = cast("Table", MessageRow.__table__)
RUNS: Final = cast("Table", RunRow.__table__)
THREAD_ID: Final = re.compile(r"(?!search$)[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
BUSY: Final = ("queued", "running", "waiting")


@dataclass(frozen=True)
class Threads:
    ledger: Ledger

    async def made(
        self, owner: str, thread_id: str | None = None, title: str = "", circuit: str | None = None
    ) -> ThreadRow:
        """A new one; or the one there is under an id that the client has chosen."""
        chosen = thread_id or uuid4().hex
        if not THREAD_ID.fullmatch(chosen):
            raise InvalidInput(
                "A thread's id has up to 100 letters, digits, `-` and `_`, begins with one of the first two,"
                " and isn't `search`."
            )
        if thread_id and (found := await self._found(thread_id, owner)):
            return found
        now = datetime.now(UTC)
        values = {"id": chosen, "owner": owner, "title": title, "is_named": bool(title), "pinned": False}
        values |= {"circuit": circuit, "created_at": now, "updated_at": now}
        with suppress(IntegrityError):  # it was made a moment ago, by its owner or by somebody else
            await self.ledger.write(lambda connection: connection.execute(insert(THREADS), values))
        return await self.mine(chosen, owner)

    async def mine(self, thread_id: str, owner: str) -> ThreadRow:
        row = await self._found(thread_id, owner)
        if row is None:
            raise NotFound(f"There is no thread {thread_id[:100]!r}.")
        return row

    async def page(
        self, owner: str, before: tuple[datetime, str] | None, limit: int, *, deleted: bool = False
    ) -> Sequence[ThreadRow]:
        """Those that were used last, first."""
        gone = ThreadRow.deleted_at.is_not(None) if deleted else ThreadRow.deleted_at.is_(None)
        query = select(ThreadRow).where(ThreadRow.owner == owner, gone)
        if before is not None:
            at, last = before
            query = query.where(or_(ThreadRow.updated_at < at, and_(ThreadRow.updated_at == at, ThreadRow.id < last)))
        query = query.order_by(ThreadRow.updated_at.desc(), ThreadRow.id.desc()).limit(limit)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query)).all()

    async def changed(self, thread_id: str, owner: str, **values: Any) -> ThreadRow:
        await self.mine(thread_id, owner)
        await self.ledger.change(update(THREADS).where(THREADS.c.id == thread_id).values(**values))
        return await self.mine(thread_id, owner)

    async def delete(self, thread_id: str, owner: str) -> None:
        """Out of sight until it is restored, or gone for good; not while an answer is under way."""
        await self.mine(thread_id, owner)
        busy = exists().where(RUNS.c.thread_id == thread_id, RUNS.c.state.in_(BUSY))
        mark = update(THREADS).where(THREADS.c.id == thread_id, ~busy).values(deleted_at=datetime.now(UTC))
        if not await self.ledger.change(mark):
            raise Conflict(f"Thread {thread_id!r} is being answered; stop the answer, or wait until it has ended.")

    async def restore(self, thread_id: str, owner: str) -> ThreadRow:
        mark = update(THREADS).where(THREADS.c.id == thread_id[:100], THREADS.c.owner == owner)
        await self.ledger.change(mark.values(deleted_at=None))
        return await self.mine(thread_id, owner)

    async def deleted_before(self, moment: datetime, limit: int = 100) -> Sequence[ThreadRow]:
        query = select(ThreadRow).where(ThreadRow.deleted_at < moment).limit(limit)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query)).all()

    async def forget(self, thread_id: str) -> None:
        """For good, with all its messages and runs."""
        await self.ledger.write(lambda connection: _forget(connection, thread_id))

    async def messages(self, thread_id: str) -> Sequence[MessageRow]:
        """The whole tree, each after its parent."""
        query = select(MessageRow).where(MessageRow.thread_id == thread_id).order_by(MessageRow.place)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query)).all()

    async def message(self, thread_id: str, message_id: str) -> MessageRow | None:
        async with self.ledger.database.read() as reading:
            return await reading.get(MessageRow, (thread_id, message_id))

    async def branch(self, thread_id: str, leaf: str | None) -> list[MessageRow]:
        """From the first message to this one."""
        by_id = {row.id: row for row in await self.messages(thread_id)}
        path: list[MessageRow] = []
        while leaf is not None and (row := by_id.pop(leaf, None)):
            path.append(row)
            leaf = row.parent
        return path[::-1]

    async def _found(self, thread_id: str, owner: str) -> ThreadRow | None:
        if not THREAD_ID.fullmatch(thread_id):
            return None  # there are texts that a database can't even be asked for
        mine = select(ThreadRow).where(ThreadRow.id == thread_id, ThreadRow.owner == owner)
        async with self.ledger.database.read() as reading:
            return await reading.scalar(mine.where(ThreadRow.deleted_at.is_(None)))


def _forget(connection: Connection, thread_id: str) -> None:
    forget_approvals(connection, thread_id)
    for table in (RUNS, MESSAGES):
        connection.execute(delete(table).where(table.c.thread_id == thread_id))
    connection.execute(delete(THREADS).where(THREADS.c.id == thread_id, THREADS.c.deleted_at.is_not(None)))
