"""Deleted threads whose days are over are gone for good, with their Python sessions."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.chat.threads import Threads
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.storage import StorageError

EVERY: Final = 3_600.0  # seconds

logger = logging.getLogger(__name__)


@asynccontextmanager
async def emptied(threads: Threads, sessions: Sessions, days: float, every: float = EVERY) -> AsyncIterator[None]:
    """At the start, and then every hour; several replicas don't get in each other's way."""
    sweeping = asyncio.create_task(_sweep(threads, sessions, timedelta(days=days), every))
    try:
        yield
    finally:
        while not sweeping.done():  # a driver may take a cancellation for its own time-out, and go on
            sweeping.cancel()
            await asyncio.wait([sweeping], timeout=0.2)


async def _sweep(threads: Threads, sessions: Sessions, days: timedelta, every: float) -> None:
    while True:
        try:
            while await empty(threads, sessions, datetime.now(UTC) - days):
                pass
        except (SQLAlchemyError, StorageError, OSError) as error:
            logger.warning("threads.not_swept", extra={"reason": str(error)})
        await asyncio.sleep(every)


async def empty(threads: Threads, sessions: Sessions, before: datetime) -> int:
    """Those deleted before a moment; how many."""
    gone = 0
    for thread in await threads.deleted_before(before):
        with suppress(NotFound):
            try:
                await sessions.delete(thread.owner, thread.id)
            except Conflict:  # a run of it is under way, asked for apart from the conversation: the next time
                continue
        await threads.forget(thread.id)
        gone += 1
    return gone
