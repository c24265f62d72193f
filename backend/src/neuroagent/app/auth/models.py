"""The people who have keys or have signed in, and their keys: of a key only its digest is kept."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class UserRow(Table):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class KeyRow(Table):
    """`beginning` is what a person recognises it by."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("hash"), Index("ix_api_keys_user_id", "user_id", "created_at"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(64))
    beginning: Mapped[str] = mapped_column(String(20))
    scopes: Mapped[JsonValue] = mapped_column(nullable=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
