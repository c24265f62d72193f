"""Sessions: what one task leaves for the next."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("holder", sa.String(36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("owner", "name", name="uq_sessions_owner"),
    )
    op.create_index("ix_sessions_used_at", "sessions", ["used_at"])
    op.add_column("tasks", sa.Column("session_id", sa.String(36), nullable=True))
    op.create_index("ix_tasks_session_id", "tasks", ["session_id", "created_at"])
