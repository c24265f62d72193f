"""The circuit that a thread is about."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("threads", sa.Column("circuit", sa.String(36), nullable=True))
