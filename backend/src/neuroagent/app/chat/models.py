"""Threads, their messages as a tree, and the runs that answer them."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table

ONE_AT_A_TIME = text("state IN ('running', 'waiting')")


class ThreadRow(Table):
    """A conversation; `head` is the message at the end of the branch that is open."""

    __tablename__ = "threads"
    __table_args__ = (Index("ix_threads_owner", "owner", "updated_at", "id"),)

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")
    is_named: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)
    head: Mapped[str | None] = mapped_column(String(100))
    tools: Mapped[JsonValue | None]
    circuit: Mapped[str | None] = mapped_column(String(36))
    model: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class MessageRow(Table):
    """One message: `parts` as the page shows it, `exchange` as the model needs it."""

    __tablename__ = "messages"
    __table_args__ = (PrimaryKeyConstraint("thread_id", "id"), Index("ix_messages_thread_id", "thread_id", "place"))

    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    id: Mapped[str] = mapped_column(String(100))
    parent: Mapped[str | None] = mapped_column(String(100))
    place: Mapped[float]
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    parts: Mapped[JsonValue] = mapped_column(nullable=False)
    exchange: Mapped[JsonValue] = mapped_column(nullable=False)
    model: Mapped[str] = mapped_column(String(200), default="")
    tokens_in: Mapped[int] = mapped_column(default=0)
    tokens_out: Mapped[int] = mapped_column(default=0)
    cost: Mapped[float | None]
    created_at: Mapped[datetime]


class RunRow(Table):
    """What answers one message; `holder` is the process that carries it out, as long as its lease lasts.

    `rested` is the last attempt that ended well, with a question to a person.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_thread_id", "thread_id", "asked_at"),
        Index("ix_runs_state", "state", "lease_until"),
        Index(
            "uq_runs_running",
            "thread_id",
            unique=True,
            sqlite_where=ONE_AT_A_TIME,
            postgresql_where=ONE_AT_A_TIME,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    owner: Mapped[str] = mapped_column(String(200))
    question: Mapped[str] = mapped_column(String(100))
    answer: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[float]
    holder: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[float] = mapped_column(default=0.0)
    attempt: Mapped[int] = mapped_column(default=0)
    rested: Mapped[int] = mapped_column(default=0)
    stop_requested: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[JsonValue | None]
    failure: Mapped[str | None] = mapped_column(Text())
    trace_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
