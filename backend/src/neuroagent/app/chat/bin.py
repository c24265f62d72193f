"""Deleted threads whose days are over are gone for good, with their files and Python sessions."""

from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime, timedelta

from neuroagent.app.background import swept
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.threads import Threads
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.errors import Conflict, NotFound


def emptied(threads: Threads, files: ThreadFiles, sessions: Sessions, days: float) -> AbstractAsyncContextManager[None]:
    """Several replicas don't get in each other's way."""
    return swept(lambda: empty(threads, files, sessions, datetime.now(UTC) - timedelta(days=days)), "threads.not_swept")


async def empty(threads: Threads, files: ThreadFiles, sessions: Sessions, before: datetime) -> int:
    """Those deleted before a moment; how many."""
    gone = 0
    for thread in await threads.deleted_before(before):
        with suppress(NotFound):
            try:
                await sessions.delete(thread.owner, thread.id)
            except Conflict:  # a run of it is under way, asked for apart from the conversation: the next time
                continue
        await files.forget(thread.id)
        await threads.forget(thread.id)
        gone += 1
    return gone
