"""Approvals in the database: asked once for a call, decided once, and each looked up through its owner."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final, Literal, cast
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import Connection, Table, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from neuroagent.app.approvals.models import ApprovalRow, GrantRow
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.errors import NotFound
from neuroagent.app.notifications.mailboxes import News, put

APPROVALS: Final = cast("Table", ApprovalRow.__table__)
GRANTS: Final = cast("Table", GrantRow.__table__)

State = Literal["pending", "approved", "denied", "expired", "withdrawn"]
Settled = Callable[[Connection, str], None]


@dataclass(frozen=True)
class Wanted:
    """A call that the model wants, with the arguments that a person will see."""

    owner: str
    thread_id: str
    run_id: str
    call_id: str
    tool: str
    arguments: Mapping[str, JsonValue]

    @property
    def digest(self) -> str:
        """Of the tool and the very arguments: what was approved for one call is no approval of another."""
        text = json.dumps([self.tool, self.arguments], sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Decision:
    """`edited` are the arguments to call it with, in place of the model's."""

    approved: bool
    by: str
    reason: str = ""
    scope: Literal["once", "thread"] = "once"
    edited: dict[str, JsonValue] | None = None


@dataclass(frozen=True)
class Questions:
    """`settled` is told, inside the same write, of a run one of whose questions waits no longer."""

    ledger: Ledger
    settled: Settled

    async def mine(self, approval_id: str, owner: str) -> ApprovalRow:
        query = select(ApprovalRow).where(ApprovalRow.id == approval_id, ApprovalRow.owner == owner)
        if approval_id.isascii() and approval_id.isprintable():  # there are texts that a database can't be asked for
            async with self.ledger.database.read() as reading:
                if row := await reading.scalar(query):
                    return row
        raise NotFound(f"There is no approval {approval_id[:100]!r}.")

    async def of_call(self, wanted: Wanted) -> ApprovalRow | None:
        same = and_(ApprovalRow.call_id == wanted.call_id, ApprovalRow.digest == wanted.digest)
        async with self.ledger.database.read() as reading:
            return await reading.scalar(select(ApprovalRow).where(same))

    async def page(
        self, owner: str, state: State | None, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[ApprovalRow]:
        """Newest first."""
        query = select(ApprovalRow).where(ApprovalRow.owner == owner)
        query = query if state is None else query.where(ApprovalRow.state == state)
        if before is not None:
            at, last = before
            earlier = or_(ApprovalRow.created_at < at, and_(ApprovalRow.created_at == at, ApprovalRow.id < last))
            query = query.where(earlier)
        query = query.order_by(ApprovalRow.created_at.desc(), ApprovalRow.id.desc()).limit(limit)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query)).all()

    async def is_granted(self, thread_id: str, tool: str) -> bool:
        async with self.ledger.database.read() as reading:
            return await reading.get(GrantRow, (thread_id, tool)) is not None

    async def ask(self, wanted: Wanted, why: str, patience: timedelta) -> ApprovalRow:
        """Once for a call: whoever takes the run up finds the question asked."""
        now = datetime.now(UTC)
        row = vars(wanted) | {"id": str(uuid4()), "digest": wanted.digest, "why": why, "state": "pending"}
        row |= {"created_at": now, "expires_at": now + patience}
        with suppress(IntegrityError):  # another process was faster
            await self.ledger.write(lambda connection: _ask(connection, row))
        if asked := await self.of_call(wanted):
            return asked
        raise AssertionError(f"the question before call {wanted.call_id!r} was just written")

    async def decide(self, decisions: Mapping[str, Decision]) -> bool:
        """By the approvals' ids: all of them count, or none, when one is decided, withdrawn or over already."""
        return await self.ledger.write(lambda connection: self._decide(connection, decisions))

    async def expire(self, limit: int = 100) -> int:
        """Those that nobody answered in time; how many."""
        late = and_(ApprovalRow.state == "pending", ApprovalRow.expires_at <= datetime.now(UTC))
        async with self.ledger.database.read() as reading:
            rows = (await reading.scalars(select(ApprovalRow).where(late).limit(limit))).all()
        for row in rows:
            await self.ledger.write(partial(self._expire, row))
        return len(rows)

    def _decide(self, connection: Connection, decisions: Mapping[str, Decision]) -> bool:
        now = datetime.now(UTC)
        still = and_(APPROVALS.c.id.in_(decisions), APPROVALS.c.state == "pending", APPROVALS.c.expires_at > now)
        rows = connection.execute(select(APPROVALS).where(still).order_by(APPROVALS.c.id).with_for_update()).all()
        if len(rows) < len(decisions):
            return False
        for row in rows:
            _write_down(connection, row, decisions[row.id], now)
        for run_id in {row.run_id for row in rows}:
            self.settled(connection, run_id)
        return True

    def _expire(self, row: ApprovalRow, connection: Connection) -> None:
        values = {"state": "expired", "decided_at": datetime.now(UTC), "reason": "Nobody answered in time."}
        still = and_(APPROVALS.c.id == row.id, APPROVALS.c.state == "pending")
        if connection.execute(update(APPROVALS).where(still).values(values)).rowcount:
            self.settled(connection, row.run_id)


def has_pending(connection: Connection, run_id: str) -> bool:
    pending = and_(APPROVALS.c.run_id == run_id, APPROVALS.c.state == "pending")
    return connection.execute(select(APPROVALS.c.id).where(pending).limit(1)).first() is not None


def withdraw(connection: Connection, run_id: str) -> None:
    """Nobody needs the answer any more."""
    pending = and_(APPROVALS.c.run_id == run_id, APPROVALS.c.state == "pending")
    values = {"state": "withdrawn", "decided_at": datetime.now(UTC)}
    connection.execute(update(APPROVALS).where(pending).values(values))


def forget(connection: Connection, thread_id: str) -> None:
    """What the calls of a thread were about is gone; that they were decided, and by whom, stays on record."""
    of_thread = APPROVALS.c.thread_id == thread_id
    connection.execute(update(APPROVALS).where(of_thread).values(arguments=None, edited=None, reason=None))
    connection.execute(delete(GRANTS).where(GRANTS.c.thread_id == thread_id))


def _ask(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert(APPROVALS), row)
    data: dict[str, JsonValue] = {"approval_id": row["id"], "run": row["run_id"], "tool": row["tool"]}
    put(connection, News(row["owner"], "approval_pending", f"approval:{row['id']}", row["thread_id"], data))


def _write_down(connection: Connection, row: Any, decision: Decision, now: datetime) -> None:
    state = "approved" if decision.approved else "denied"
    values = {"state": state, "decided_at": now, "decided_by": decision.by, "scope": decision.scope}
    values |= {"reason": decision.reason or None}
    mine = update(APPROVALS).where(APPROVALS.c.id == row.id)
    connection.execute(mine.values(values | {"edited": decision.edited}))
    if decision.scope == "thread":
        same_tool = and_(APPROVALS.c.thread_id == row.thread_id, APPROVALS.c.tool == row.tool)
        connection.execute(update(APPROVALS).where(same_tool, APPROVALS.c.state == "pending").values(values))
        granted = and_(GRANTS.c.thread_id == row.thread_id, GRANTS.c.tool == row.tool)
        connection.execute(delete(GRANTS).where(granted))
        connection.execute(insert(GRANTS), {"thread_id": row.thread_id, "tool": row.tool, "approval_id": row.id})
