"""Messages of a person's threads that have the words asked for, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import TextClause, and_, select, text

from neuroagent.app.chat.search.texts import TEXTS
from neuroagent.app.chat.threads import MESSAGES, THREADS
from neuroagent.app.db.database import Database
from neuroagent.app.db.words import Wanted

IN_SQLITE: Final = text("message_texts.id IN (SELECT rowid FROM message_words WHERE message_words MATCH :wanted)")
IN_POSTGRES: Final = text("to_tsvector('simple', message_texts.words) @@ websearch_to_tsquery('simple', :wanted)")


@dataclass(frozen=True)
class Hit:
    """`number` grows with time: it is where the next page begins."""

    number: int
    thread_id: str
    title: str
    message_id: str
    role: str
    created_at: datetime
    text: str


@dataclass(frozen=True)
class Search:
    database: Database

    async def hits(self, owner: str, wanted: Wanted, before: int | None, limit: int) -> Sequence[Hit]:
        """In all branches; what was deleted isn't found."""
        if not wanted.groups:
            return []
        of_message = and_(MESSAGES.c.thread_id == TEXTS.c.thread_id, MESSAGES.c.id == TEXTS.c.message_id)
        query = (
            select(
                TEXTS.c.id,
                TEXTS.c.thread_id,
                THREADS.c.title,
                TEXTS.c.message_id,
                MESSAGES.c.role,
                MESSAGES.c.created_at,
                TEXTS.c.text,
            )
            .join(MESSAGES, of_message)
            .join(THREADS, THREADS.c.id == TEXTS.c.thread_id)
            .where(THREADS.c.owner == owner, THREADS.c.deleted_at.is_(None), self._matches(wanted))
        )
        query = query if before is None else query.where(TEXTS.c.id < before)
        async with self.database.read() as reading:
            found = await reading.execute(query.order_by(TEXTS.c.id.desc()).limit(limit))
            return [Hit(*row) for row in found]

    def _matches(self, wanted: Wanted) -> TextClause:
        if self.database.is_sqlite:
            return IN_SQLITE.bindparams(wanted=wanted.for_sqlite)
        return IN_POSTGRES.bindparams(wanted=wanted.for_postgres)
