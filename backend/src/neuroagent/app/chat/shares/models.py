"""What was shared, under which link."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class ShareRow(Table):
    """`secret` is the digest of the link's token: the token itself is nowhere."""

    __tablename__ = "shares"
    __table_args__ = (
        Index("ix_shares_thread_id", "thread_id", "created_at"),
        Index("uq_shares_secret", "secret", unique=True),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    secret: Mapped[str] = mapped_column(String(64))
    snapshot: Mapped[JsonValue] = mapped_column(nullable=False)
    created_at: Mapped[datetime]
