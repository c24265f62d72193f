"""Deleted threads whose days are over are gone, with their Python sessions."""

from datetime import UTC, datetime, timedelta

from app.chat.rooms import Opener
from end_to_end.faults.servers import until_soon
from sqlalchemy import insert, select

from neuroagent.app.chat.bin import emptied, empty
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.files.settings import FileLimits
from neuroagent.app.chat.threads import Threads
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.models import SessionRow
from neuroagent.app.engine.sessions import SESSIONS

STATE = {"key": "sessions/s/x", "name": "x", "media_type": "a/b", "size": 1, "sha256": "0" * 64}


async def test_only_what_was_deleted_long_ago(tasks: Tasks, threads: Threads) -> None:
    sessions = tasks.dispatch.sessions
    files = ThreadFiles(tasks.ledger, tasks.dispatch.storage, FileLimits())
    for one in ("kept", "gone"):
        await threads.made("ada", one)
    now = datetime.now(UTC)
    session = {"id": "s", "owner": "ada", "name": "gone", "created_at": now, "used_at": now, "state": STATE}
    await tasks.ledger.write(lambda connection: connection.execute(insert(SESSIONS), session))
    await threads.delete("gone", "ada")

    assert await empty(threads, files, sessions, datetime.now(UTC) - timedelta(days=1)) == 0
    assert await empty(threads, files, sessions, datetime.now(UTC)) == 1

    assert [row.id for row in await threads.page("ada", None, 9)] == ["kept"]
    assert await threads.page("ada", None, 9, deleted=True) == []
    async with tasks.ledger.database.read() as reading:
        assert await reading.scalar(select(SessionRow.state).where(SessionRow.id == "s")) is None


async def test_it_happens_by_itself(opened: Opener) -> None:
    room = opened.closed()
    await room.threads.made("ada", "t1")
    await room.threads.delete("t1", "ada")

    async def gone() -> bool:
        return not await room.threads.page("ada", None, 9, deleted=True)

    async with emptied(room.threads, room.files, room.runs.tasks.dispatch.sessions, days=0):
        await until_soon(gone, "the bin is empty")
