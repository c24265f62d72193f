"""Files that belong to a thread."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from neuroagent.app.db.base import Table
from neuroagent.task_schemas.files import StoredFile

ONE_OF_A_NAME = text("kind = 'upload'")


class ThreadFileRow(Table):
    """`upload`: a person put it there; `made`: a call of `message_id` did."""

    __tablename__ = "thread_files"
    __table_args__ = (
        Index("ix_thread_files_thread_id", "thread_id", "created_at"),
        Index(
            "uq_thread_files_name",
            "thread_id",
            "name",
            unique=True,
            sqlite_where=ONE_OF_A_NAME,
            postgresql_where=ONE_OF_A_NAME,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[str | None] = mapped_column(String(100))
    call_id: Mapped[str | None] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(900))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    @property
    def stored(self) -> StoredFile:
        return StoredFile.model_validate({name: getattr(self, name) for name in StoredFile.model_fields})
