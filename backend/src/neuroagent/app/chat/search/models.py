"""What a message can be found by."""

from sqlalchemy import ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table


class MessageTextRow(Table):
    """A message's text as it is shown, and its folded words; the migration puts the index on the second."""

    __tablename__ = "message_texts"
    __table_args__ = (
        UniqueConstraint("thread_id", "message_id"),
        ForeignKeyConstraint(["thread_id", "message_id"], ["messages.thread_id", "messages.id"], ondelete="CASCADE"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[str] = mapped_column(String(100))
    message_id: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text())
    words: Mapped[str] = mapped_column(Text())
