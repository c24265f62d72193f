"""Approvals, each a question and the answer it got; and what a person has allowed for a whole thread."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Index, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class ApprovalRow(Table):
    """`digest` is of the tool and the very arguments shown; the row stays as the record of who decided what."""

    __tablename__ = "approvals"
    __table_args__ = (
        UniqueConstraint("call_id", "digest"),
        Index("ix_approvals_owner", "owner", "created_at", "id"),
        Index("ix_approvals_state", "state", "expires_at"),
        Index("ix_approvals_run_id", "run_id", "state"),
        Index("ix_approvals_thread_id", "thread_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    thread_id: Mapped[str] = mapped_column(String(100))
    run_id: Mapped[str] = mapped_column(String(36))
    call_id: Mapped[str] = mapped_column(String(100))
    tool: Mapped[str] = mapped_column(String(200))
    arguments: Mapped[JsonValue | None]
    digest: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(Text())
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    scope: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text())
    edited: Mapped[JsonValue | None]


class GrantRow(Table):
    """For this tool in this thread nobody is asked again; `approval_id` says when that was decided."""

    __tablename__ = "approval_grants"
    __table_args__ = (PrimaryKeyConstraint("thread_id", "tool"),)

    thread_id: Mapped[str] = mapped_column(String(100))
    tool: Mapped[str] = mapped_column(String(200))
    approval_id: Mapped[str] = mapped_column(String(36))
