"""Links to snapshots: made, listed, followed and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final, cast
from uuid import uuid4

from sqlalchemy import Table, delete, insert, select

from neuroagent.app.chat.shares.models import ShareRow
from neuroagent.app.chat.threads import THREADS
from neuroagent.app.engine.ledger import TASK_ID, Ledger
from neuroagent.app.errors import Conflict, NotFound

SHARES: Final = cast("Table", ShareRow.__table__)
RANDOM_BYTES: Final = 32
MOST: Final = 20  # of one thread


@dataclass(frozen=True)
class Share:
    """`token` is known at its making only."""

    id: str
    created_at: datetime
    token: str = ""


@dataclass(frozen=True)
class Shares:
    """Who may see the thread is asked before; who holds a token is asked nothing."""

    ledger: Ledger

    async def add(self, thread_id: str, snapshot: Mapping[str, Any]) -> Share:
        if len(await self.page(thread_id)) >= MOST:
            raise Conflict(f"This thread has {MOST} links already; take one back first.")
        share = Share(str(uuid4()), datetime.now(UTC), token_urlsafe(RANDOM_BYTES))
        values: dict[str, Any] = {"id": share.id, "thread_id": thread_id, "created_at": share.created_at}
        values |= {"secret": _digest(share.token), "snapshot": dict(snapshot)}
        await self.ledger.write(lambda connection: connection.execute(insert(SHARES), values))
        return share

    async def page(self, thread_id: str) -> Sequence[Share]:
        """Newest first."""
        query = select(SHARES.c.id, SHARES.c.created_at).where(SHARES.c.thread_id == thread_id)
        async with self.ledger.database.read() as reading:
            rows = await reading.execute(query.order_by(SHARES.c.created_at.desc()))
            return [Share(*row) for row in rows]

    async def followed(self, token: str) -> tuple[datetime, dict[str, Any]]:
        """What the link shows, for as long as neither it nor its thread is gone."""
        query = select(ShareRow).join(THREADS, THREADS.c.id == ShareRow.thread_id)
        query = query.where(ShareRow.secret == _digest(token), THREADS.c.deleted_at.is_(None))
        async with self.ledger.database.read() as reading:
            row = await reading.scalar(query)
        if row is None:
            raise NotFound("This link shows nothing: it was taken back, or never was one.")
        return row.created_at, cast("dict[str, Any]", row.snapshot)

    async def revoke(self, thread_id: str, share_id: str) -> None:
        mine = delete(SHARES).where(SHARES.c.thread_id == thread_id, SHARES.c.id == share_id)
        if not TASK_ID.fullmatch(share_id) or not await self.ledger.change(mine):
            raise NotFound(f"There is no link {share_id[:100]!r} to this thread.")


def _digest(token: str) -> str:
    """A token of 256 random bits needs no salt."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
