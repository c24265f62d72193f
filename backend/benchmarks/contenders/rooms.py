"""The app's side of our engine in this process, put together as the app does it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from noop import NOOP
from processes import RedisServer

from neuroagent.app.db.database import DatabaseSettings, open_database
from neuroagent.app.db.migrate import migrate
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.hub import Hub
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.reconciler import Reconciler
from neuroagent.app.engine.redis import redis_lines
from neuroagent.app.engine.renewals import Renewals
from neuroagent.app.engine.sender import Sender
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.engine.turns import Turns
from neuroagent.app.storage import Grants, StorageSettings, open_storage
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas import CONTRACTS

SECRET = b"a secret of thirty-two bytes, ok"


@dataclass(frozen=True)
class Rooms:
    tasks: Tasks
    hub: Hub
    ledger: Ledger
    turns: Turns


@asynccontextmanager
async def rooms(redis: RedisServer, folder: Path, database_url: str | None = None) -> AsyncIterator[Rooms]:
    """With the ledger in SQLite in this folder, or where the address says."""
    CONTRACTS[NOOP.name] = NOOP
    settings = RedisSettings.model_validate({"port": redis.port, "password": redis.password})
    folder.mkdir(parents=True, exist_ok=True)
    database = open_database(DatabaseSettings.model_validate({"url": database_url}), folder)
    await migrate(database)
    store = StorageSettings(folder=folder / "files")
    storage = open_storage(store, SECRET)
    grants = Grants(storage, SECRET, store)
    lines = redis_lines(settings)
    ledger, turns = Ledger(database), Turns(lines.commands)
    sender = Sender(settings, Outbox(Line(lines.kept, settings.command_timeout)))
    dispatch = Dispatch(ledger, turns, sender, grants, storage, Sessions(ledger, storage, grants, SECRET))
    hub = Hub(ledger, Line(lines.kept), Renewals(ledger, grants, lines.commands).answer, dispatch.ended)
    async with hub.open(), Reconciler(dispatch, hub).open():
        yield Rooms(Tasks(ledger, turns, hub, dispatch), hub, ledger, turns)
    await ledger.close()
    await lines.close()
    await storage.close()
    await database.engine.dispose()
