"""The ledger's rows: a task's stands before its message is sent, and says all there is to say of the task."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table

TO_COUNT = text("ended_at IS NOT NULL AND counted_at IS NULL")


class TaskRow(Table):
    """`seconds` is how long its last attempt worked; `counted_at` when that was added to its owner's usage."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("owner", "idempotency_key"),
        Index("ix_tasks_owner", "owner", "created_at", "id"),
        Index("ix_tasks_state", "state", "sent_at"),
        Index("ix_tasks_session_id", "session_id", "created_at"),
        Index("ix_tasks_to_count", "ended_at", sqlite_where=TO_COUNT, postgresql_where=TO_COUNT),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    queue: Mapped[str] = mapped_column(String(100))
    owner: Mapped[str] = mapped_column(String(200))
    trace_id: Mapped[str] = mapped_column(String(64))
    session_id: Mapped[str | None] = mapped_column(String(36))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    inbox: Mapped[str] = mapped_column(String(64))
    input: Mapped[JsonValue | None]
    output: Mapped[JsonValue | None]
    stored: Mapped[JsonValue | None]
    failure: Mapped[JsonValue | None]
    question: Mapped[JsonValue | None]
    answer: Mapped[JsonValue | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[float] = mapped_column(default=0.0)
    alive_at: Mapped[float] = mapped_column(default=0.0)
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")
    counted_at: Mapped[float | None]


class SessionRow(Table):
    """What one task leaves for the next; `state` is the file it lies in, `holder` the task whose turn it is."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("owner", "name"), Index("ix_sessions_used_at", "used_at"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[JsonValue | None]
    holder: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
