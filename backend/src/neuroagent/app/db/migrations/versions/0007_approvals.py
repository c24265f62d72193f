"""Approvals and grants, notifications; a run that waits for a person keeps its thread's place."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _approvals()
    _notifications()
    op.add_column("runs", sa.Column("rested", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("uq_runs_running", "runs")
    under_way = sa.text("state IN ('running', 'waiting')")
    op.create_index(
        "uq_runs_running", "runs", ["thread_id"], unique=True, sqlite_where=under_way, postgresql_where=under_way
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("thread_id", sa.String(100), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("call_id", sa.String(100), nullable=False),
        sa.Column("tool", sa.String(200), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=True),
        sa.Column("scope", sa.String(20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("edited", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.UniqueConstraint("call_id", "digest", name="uq_approvals_call_id"),
    )
    op.create_index("ix_approvals_owner", "approvals", ["owner", "created_at", "id"])
    op.create_index("ix_approvals_state", "approvals", ["state", "expires_at"])
    op.create_index("ix_approvals_run_id", "approvals", ["run_id", "state"])
    op.create_index("ix_approvals_thread_id", "approvals", ["thread_id", "state"])
    op.create_table(
        "approval_grants",
        sa.Column("thread_id", sa.String(100), nullable=False),
        sa.Column("tool", sa.String(200), nullable=False),
        sa.Column("approval_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "tool", name="pk_approval_grants"),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("thread_id", sa.String(100), nullable=True),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("owner", "place", name="pk_notifications"),
        sa.UniqueConstraint("owner", "key", name="uq_notifications_owner"),
    )
    op.create_index("ix_notifications_created_at", "notifications", ["created_at"])
    op.create_index("ix_notifications_owner", "notifications", ["owner", "read_at"])
    op.create_table(
        "mailboxes",
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_mailboxes"),
    )
    op.create_table(
        "followed_tasks",
        sa.Column("task_id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("tool", sa.String(200), nullable=False),
        sa.Column("thread_id", sa.String(100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_followed_tasks"),
    )
