"""The app, and a stranger's thread in its database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from app.chat.tellings import NOON, message, tell
from app.conftest import serving
from processes import RedisServer

from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.files.settings import FileLimits
from neuroagent.app.chat.shares.repository import Shares
from neuroagent.app.chat.threads import Threads
from neuroagent.app.db.database import Database, DatabaseSettings, open_database
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.storage import StorageSettings, open_storage


@pytest.fixture
async def client(redis: RedisServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(redis.port, redis.password, tmp_path) as opened:
        yield opened


@pytest.fixture
async def threads(database: Database) -> AsyncIterator[Threads]:
    ledger = Ledger(database)
    yield Threads(ledger)
    await ledger.close()


@dataclass(frozen=True)
class Hers:
    """What a stranger has: a thread with a message, a file and a link."""

    thread: str
    file: ThreadFileRow
    share: str


@pytest.fixture
async def hers(client: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[Hers]:
    database = open_database(DatabaseSettings(), tmp_path)
    threads = Threads(Ledger(database))
    await tell(threads, message("my secret axon", thread_id="hers"), owner="bob")
    storage = open_storage(StorageSettings(folder=tmp_path / "files"), b"x" * 32)
    file = ThreadFileRow(id=str(uuid4()), thread_id="hers", kind="upload", name="a.csv", created_at=NOON)
    file.key, file.media_type, file.size, file.sha256 = f"threads/hers/{file.id}", "text/csv", 3, "0" * 64
    await ThreadFiles(threads.ledger, storage, FileLimits()).add(file)
    share = await Shares(threads.ledger).add("hers", {"title": "x", "messages": []})
    yield Hers("hers", file, share.id)
    await threads.ledger.close()
    await database.engine.dispose()
