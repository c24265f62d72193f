"""The circuits' rows: what a person has registered, and where it lies."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class CircuitRow(Table):
    """`task_id` is the task that describes it: its answer is the description, its failure the reason for none."""

    __tablename__ = "circuits"
    __table_args__ = (Index("ix_circuits_owner", "owner", "created_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(20))
    source: Mapped[JsonValue | None]
    task_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
