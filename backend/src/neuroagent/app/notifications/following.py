"""Tasks that were called without a conversation: heard while this process lives, looked up when it hasn't."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final, cast

from redis.exceptions import RedisError
from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.background import cancelled, swept
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.rows import ending_of
from neuroagent.app.engine.states import ENDED
from neuroagent.app.errors import AppError
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import put
from neuroagent.app.notifications.models import FollowedRow
from neuroagent.app.notifications.tasks import Announced, Subject

EVERY: Final = 5.0  # seconds
BATCH: Final = 100
FOLLOWED: Final = cast("Table", FollowedRow.__table__)

logger = logging.getLogger(__name__)


@dataclass
class Following:
    tasks: Tasks
    bulletin: Bulletin
    _heard: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with swept(self.look, "notifications.tasks_not_looked_up", EVERY):
            try:
                yield
            finally:
                for hearing in [*self._heard.values()]:
                    await cancelled(hearing)

    def follow(self, row: TaskRow, tool: str, thread_id: str | None) -> None:
        if row.state in ENDED or row.id in self._heard:
            return  # called under a key that was used before
        subject = Subject(row.id, row.owner, tool, thread_id)
        self.bulletin.write(row.owner, lambda connection: _remember(connection, subject))
        self._heard[row.id] = asyncio.create_task(self._hear(row, Announced(self.bulletin, subject)))

    async def look(self) -> int:
        """Those that have ended, whoever heard it, are told of and forgotten; how many."""
        known = select(FollowedRow, TaskRow).join(TaskRow, TaskRow.id == FollowedRow.task_id)
        async with self.tasks.ledger.database.read() as reading:
            ended = (await reading.execute(known.where(TaskRow.state.in_(ENDED)).limit(BATCH))).all()
        for followed, task in ended:
            subject = Subject(task.id, followed.owner, followed.tool, followed.thread_id)
            await self.tasks.ledger.write(partial(_told, subject, task))
            await self.bulletin.ring(followed.owner)
        return len(ended)

    async def _hear(self, row: TaskRow, announced: Announced) -> None:
        try:
            async with aclosing(self.tasks.follow(row.id, owner=row.owner)) as told:
                async for _, event in told:
                    announced.hear(event)
        except (AppError, RedisError, SQLAlchemyError, OSError) as error:  # it is looked up when it has ended
            logger.warning("notifications.not_followed", extra={"task_id": row.id, "reason": str(error)})
        finally:
            self._heard.pop(row.id, None)


def _remember(connection: Connection, subject: Subject) -> None:
    if connection.execute(select(FOLLOWED.c.task_id).where(FOLLOWED.c.task_id == subject.task_id)).first():
        return
    connection.execute(insert(FOLLOWED), vars(subject) | {"created_at": datetime.now(UTC)})


def _told(subject: Subject, task: TaskRow, connection: Connection) -> None:
    if task.attempts:
        put(connection, subject.begun)
    put(connection, subject.ended(ending_of(task)))
    connection.execute(delete(FOLLOWED).where(FOLLOWED.c.task_id == subject.task_id))
