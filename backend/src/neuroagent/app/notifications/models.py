"""Notifications, numbered for each person in the order in which they can be seen."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import BigInteger, Index, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class NotificationRow(Table):
    """`key` says what it is about: the same thing is told once, however often it is written."""

    __tablename__ = "notifications"
    __table_args__ = (
        PrimaryKeyConstraint("owner", "place"),
        UniqueConstraint("owner", "key"),
        Index("ix_notifications_created_at", "created_at"),
        Index("ix_notifications_owner", "owner", "read_at"),
    )

    owner: Mapped[str] = mapped_column(String(200))
    place: Mapped[int] = mapped_column(BigInteger())
    key: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(40))
    thread_id: Mapped[str | None] = mapped_column(String(100))
    data: Mapped[JsonValue | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MailboxRow(Table):
    """How far a person's notifications go: `last` is the newest, `sent` the newest that reached a listener."""

    __tablename__ = "mailboxes"

    owner: Mapped[str] = mapped_column(String(200), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger(), default=0)
    sent: Mapped[int] = mapped_column(BigInteger(), default=0)


class FollowedRow(Table):
    """A task called without a conversation: its owner is to hear how it ends, whatever dies meanwhile."""

    __tablename__ = "followed_tasks"

    task_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    tool: Mapped[str] = mapped_column(String(200))
    thread_id: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
