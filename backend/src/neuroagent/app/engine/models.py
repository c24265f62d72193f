"""A task's row: it stands before its message is sent, and says how the task ended."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class TaskRow(Table):
    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_owner", "owner", "created_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    queue: Mapped[str] = mapped_column(String(100))
    owner: Mapped[str] = mapped_column(String(200))
    trace_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    input: Mapped[JsonValue | None]
    output: Mapped[JsonValue | None]
    failure: Mapped[JsonValue | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
