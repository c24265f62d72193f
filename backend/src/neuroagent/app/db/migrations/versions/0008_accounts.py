"""Users, their keys, what they used; the model of a thread."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("beginning", sa.String(20), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_keys_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id", "created_at"])
    op.create_table(
        "usage",
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("tool_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "day", name="pk_usage"),
    )
    op.add_column("tasks", sa.Column("seconds", sa.Double(), nullable=False, server_default="0"))
    op.add_column("tasks", sa.Column("counted_at", sa.Double(), nullable=True))
    op.execute("UPDATE tasks SET counted_at = 0 WHERE ended_at IS NOT NULL")
    to_count = sa.text("ended_at IS NOT NULL AND counted_at IS NULL")
    op.create_index("ix_tasks_to_count", "tasks", ["ended_at"], sqlite_where=to_count, postgresql_where=to_count)
    op.add_column("threads", sa.Column("model", sa.String(100), nullable=True))
