"""The ledger: what was asked, by whom, and how it goes; the database is the truth, the broker a hint."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final, TypeVar, cast

from pydantic import JsonValue
from sqlalchemy import Connection, Delete, Table, Update, and_, bindparam, func, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from neuroagent.app.db.database import Database
from neuroagent.app.db.insert import Insert
from neuroagent.app.db.sqlite import Operation
from neuroagent.app.db.writer import Writer
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.states import CAN_BE_RETRIED, ENDED, FOLLOWS, OPEN, State, values_of
from neuroagent.app.errors import Conflict
from neuroagent.task_schemas.events import Ending, Pause

T = TypeVar("T")
TABLE: Final = cast("Table", TaskRow.__table__)
ADD: Final = Insert(TABLE)
ANY_ATTEMPT: Final = 2**31 - 1
CHANGES: Final = {  # written once: putting a statement together costs more than running it
    state: update(TABLE).where(
        TABLE.c.id == bindparam("of_task"),
        or_(*(TABLE.c.state == one for one in sorted(before))),  # several rows at once can't be asked for with IN
        TABLE.c.attempts < bindparam("from_attempt"),  # a pause that is told twice counts once
    )
    for state, before in FOLLOWS.items()
}
TASK_ID: Final = re.compile(r"[0-9a-f-]{1,36}")


@dataclass(frozen=True)
class Filter:
    """Which of an owner's tasks, and from where on."""

    state: State | None = None
    name: str | None = None
    queue: str | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 50


class Ledger:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._writer = Writer(database)
        self._told: list[tuple[str, Ending | Pause]] = []

    async def close(self) -> None:
        await self._writer.close()

    async def add(self, row: TaskRow) -> TaskRow:
        """The row itself, or the one that an earlier submission with the same key has made."""
        try:
            await self._writer.write(partial(ADD, values=vars(row)))
        except IntegrityError:
            earlier = await self.by_key(row.owner, row.idempotency_key)
            if earlier is None:
                raise
            if (earlier.name, earlier.input) != (row.name, row.input):
                raise Conflict(f"The key {row.idempotency_key!r} was used for another task already.") from None
            return earlier
        return row

    async def find(self, task_id: str, owner: str | None = None) -> TaskRow | None:
        """A stranger's task isn't found."""
        if not TASK_ID.fullmatch(task_id):
            return None  # there are texts that a database can't even be asked for
        query = select(TaskRow).where(TaskRow.id == task_id)
        async with self.database.read() as session:
            return await session.scalar(query if owner is None else query.where(TaskRow.owner == owner))

    async def page(self, owner: str, wanted: Filter) -> Sequence[TaskRow]:
        """Newest first."""
        query = select(TaskRow).where(TaskRow.owner == owner)
        for column, value in (
            (TaskRow.state, wanted.state),
            (TaskRow.name, wanted.name),
            (TaskRow.queue, wanted.queue),
        ):
            query = query if value is None else query.where(column == value)
        if wanted.before is not None:
            at, task_id = wanted.before
            query = query.where(or_(TaskRow.created_at < at, and_(TaskRow.created_at == at, TaskRow.id < task_id)))
        query = query.order_by(TaskRow.created_at.desc(), TaskRow.id.desc()).limit(wanted.limit)
        async with self.database.read() as session:
            return (await session.scalars(query)).all()

    async def open_rows(self, until: float, limit: int) -> Sequence[TaskRow]:
        """What hasn't ended and was sent before `until`; the longest waiting first."""
        query = select(TaskRow).where(TaskRow.state.in_(OPEN), TaskRow.sent_at < until)
        async with self.database.read() as session:
            return (await session.scalars(query.order_by(TaskRow.sent_at).limit(limit))).all()

    async def ended_rows(self, task_ids: Sequence[str]) -> Sequence[TaskRow]:
        query = select(TaskRow).where(TaskRow.id.in_(task_ids), TaskRow.state.in_(ENDED))
        async with self.database.read() as session:
            return (await session.scalars(query)).all()

    async def place(self, row: TaskRow) -> int:
        """How many stand before it in its queue."""
        before = and_(TaskRow.queue == row.queue, TaskRow.state == "queued", TaskRow.sent_at < row.sent_at)
        async with self.database.read() as session:
            return int(await session.scalar(select(func.count()).where(before)) or 0)

    async def write(self, operation: Operation[T]) -> T:
        """Anything that must be written together with the ledger's own rows."""
        return await self._writer.write(operation)

    async def apply(self, told: Sequence[tuple[str, Ending | Pause]]) -> None:
        """Write down what happened; what the table of states doesn't allow changes nothing."""
        await self.write(lambda connection: _write_down(connection, told))

    def apply_soon(self, told: Sequence[tuple[str, Ending | Pause]]) -> None:
        """The same, without waiting for it: a moment later, with all that was told meanwhile."""
        if not self._told:
            self._writer.write_soon(partial(self._write_down, self._told))
        self._told += told

    async def running(self, task_ids: Sequence[str], at: float) -> None:
        change = update(TABLE).where(TABLE.c.id.in_(task_ids), TABLE.c.state.in_(("queued", "running", "retrying")))
        await self.change(change.values(state="running", alive_at=at))

    async def sending(self, row: TaskRow, at: float, **more: Any) -> bool:
        """Mark it as sent (again): of several replicas that try, one does."""
        values = {"state": "queued", "sent_at": at, "due_at": None, **more}
        return await self.change(_as_seen(row).values(values))

    async def withdraw(self, row: TaskRow, ending: Ending) -> bool:
        """It was never sent, and now never is; unless another replica has found the row meanwhile."""
        try:
            return await self.change(_as_seen(row).values(values_of(ending)))
        except (SQLAlchemyError, OSError):
            return False  # then it stands as it is, and runs

    async def request_cancel(self, task_id: str) -> bool:
        still_open = update(TABLE).where(TABLE.c.id == task_id, TABLE.c.state.in_(OPEN))
        return await self.change(still_open.values(cancel_requested=True))

    async def revive(self, row: TaskRow, at: float) -> bool:
        """A person wants an ended task tried again, from the start."""
        fresh: dict[str, Any] = {
            "attempts": 0,
            "failure": None,
            "ended_at": None,
            "answer": None,
            "cancel_requested": False,
        }
        fresh |= {"seconds": 0.0, "counted_at": None}
        return row.state in CAN_BE_RETRIED and await self.sending(row, at, **fresh)

    async def answered(self, row: TaskRow, at: float, answer: JsonValue) -> bool:
        """Two answers at once: one wins."""
        return row.state == "waiting_input" and await self.sending(row, at, answer=answer, attempts=0, question=None)

    @staticmethod
    def write_down(connection: Connection, task_id: str, ending: Ending) -> bool:
        """One ending, inside a write; whether it counts."""
        row = _written((task_id, ending))
        return bool(connection.execute(CHANGES[row["state"]], row).rowcount)

    def _write_down(self, told: list[tuple[str, Ending | Pause]], connection: Connection) -> None:
        if self._told is told:
            self._told = []  # what is told from now on is another's
        _write_down(connection, told)

    async def change(self, change: Update | Delete) -> bool:
        """Whether it changed anything."""
        return await self.write(lambda connection: bool(connection.execute(change).rowcount))

    async def by_key(self, owner: str, key: str | None) -> TaskRow | None:
        query = select(TaskRow).where(TaskRow.owner == owner, TaskRow.idempotency_key == key)
        async with self.database.read() as session:
            return await session.scalar(query) if key else None


def _as_seen(row: TaskRow) -> Update:
    """Nothing, when somebody was faster."""
    return update(TABLE).where(TABLE.c.id == row.id, TABLE.c.sent_at == row.sent_at, TABLE.c.state == row.state)


def _write_down(connection: Connection, told: Sequence[tuple[str, Ending | Pause]]) -> None:
    """In the order in which it was told; what follows in one way is written at once."""
    for (state, _), alike in groupby(map(_written, told), key=_alike):
        connection.execute(CHANGES[state], list(alike))


def _written(told: tuple[str, Ending | Pause]) -> dict[str, Any]:
    task_id, event = told
    from_attempt = event.attempt if isinstance(event, Pause) else ANY_ATTEMPT
    return values_of(event) | {"of_task": task_id, "from_attempt": from_attempt}


def _alike(row: dict[str, Any]) -> tuple[State, frozenset[str]]:
    return row["state"], frozenset(row)
