"""Each person's notifications in the database; a place is given under a lock, so that no reader overtakes a writer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, select, text, update

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.notifications.models import MailboxRow, NotificationRow

Kind = Literal["task_started", "task_complete", "task_failed", "approval_pending", "run_finished"]
NOTIFICATIONS: Final = cast("Table", NotificationRow.__table__)
MAILBOXES: Final = cast("Table", MailboxRow.__table__)
OPEN_MAILBOX: Final = text("INSERT INTO mailboxes (owner, last, sent) VALUES (:owner, 0, 0) ON CONFLICT DO NOTHING")


@dataclass(frozen=True)
class News:
    """`key` says what it is about; of the same person's with the same key one is kept."""

    owner: str
    type: Kind
    key: str
    thread_id: str | None
    data: dict[str, JsonValue]


def put(connection: Connection, news: News) -> None:
    """Inside a write, so that what happened and the word of it stand together."""
    mine = and_(NOTIFICATIONS.c.owner == news.owner, NOTIFICATIONS.c.key == news.key)
    if connection.execute(select(NOTIFICATIONS.c.place).where(mine)).first():
        return
    connection.execute(OPEN_MAILBOX, {"owner": news.owner})
    mailbox = update(MAILBOXES).where(MAILBOXES.c.owner == news.owner)
    place = connection.execute(mailbox.values(last=MAILBOXES.c.last + 1).returning(MAILBOXES.c.last)).scalar_one()
    values = {"place": place, "created_at": datetime.now(UTC)}
    connection.execute(insert(NOTIFICATIONS), vars(news) | values)


@dataclass(frozen=True)
class Mailboxes:
    ledger: Ledger

    async def after(self, owner: str, place: int, limit: int) -> Sequence[NotificationRow]:
        """What came after a place, oldest first."""
        query = select(NotificationRow).where(NotificationRow.owner == owner, NotificationRow.place > place)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query.order_by(NotificationRow.place).limit(limit))).all()

    async def page(self, owner: str, before: int | None, limit: int) -> Sequence[NotificationRow]:
        """Newest first."""
        query = select(NotificationRow).where(NotificationRow.owner == owner)
        query = query if before is None else query.where(NotificationRow.place < before)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query.order_by(NotificationRow.place.desc()).limit(limit))).all()

    async def unread(self, owner: str) -> int:
        query = select(func.count()).where(NotificationRow.owner == owner, NotificationRow.read_at.is_(None))
        async with self.ledger.database.read() as reading:
            return int(await reading.scalar(query) or 0)

    async def sent(self, owner: str) -> int:
        """The newest that has reached a listener of theirs."""
        async with self.ledger.database.read() as reading:
            return int(await reading.scalar(select(MailboxRow.sent).where(MailboxRow.owner == owner)) or 0)

    async def mark_sent(self, owner: str, place: int) -> None:
        mailbox = and_(MAILBOXES.c.owner == owner, MAILBOXES.c.sent < place)
        await self.ledger.change(update(MAILBOXES).where(mailbox).values(sent=place))

    async def mark_read(self, owner: str, *, ids: Sequence[int] = (), up_to: int = 0) -> None:
        which: ColumnElement[bool] = NOTIFICATIONS.c.place.in_(ids) if ids else NOTIFICATIONS.c.place <= up_to
        unread = and_(NOTIFICATIONS.c.owner == owner, NOTIFICATIONS.c.read_at.is_(None), which)
        await self.ledger.change(update(NOTIFICATIONS).where(unread).values(read_at=datetime.now(UTC)))

    async def forget(self, before: datetime) -> int:
        """Those from before a moment; how many."""
        gone = delete(NOTIFICATIONS).where(NOTIFICATIONS.c.created_at < before)
        return await self.ledger.write(lambda connection: _rows(connection.execute(gone)))


def _rows(result: Any) -> int:
    return int(result.rowcount)
