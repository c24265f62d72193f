"""What one person used on one day, by the clock of UTC."""

from datetime import date

from sqlalchemy import BigInteger, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class UsageRow(Table):
    __tablename__ = "usage"
    __table_args__ = (PrimaryKeyConstraint("user_id", "day"),)

    user_id: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    answers: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(BigInteger(), default=0)
    tokens_out: Mapped[int] = mapped_column(BigInteger(), default=0)
    tasks: Mapped[int] = mapped_column(default=0)
    tool_seconds: Mapped[float] = mapped_column(default=0.0)
