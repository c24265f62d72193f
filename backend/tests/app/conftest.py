"""The app in this process: real database, real Redis, no server between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from processes import RedisServer, free_port

from neuroagent.app.application import create_app
from neuroagent.app.config import AppSettings
from neuroagent.app.db.database import Database
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.hub import Hub
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.reconciler import Reconciler
from neuroagent.app.engine.redis import RedisLines, redis_lines
from neuroagent.app.engine.renewals import Renewals
from neuroagent.app.engine.sender import Sender
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.engine.turns import Turns
from neuroagent.app.storage import Grants, Storage, StorageSettings, open_storage
from neuroagent.config.redis import RedisSettings

TOKEN = "the token of these tests"
SECRET = b"a secret of thirty-two bytes, ok"


@dataclass(frozen=True)
class Engine:
    """The engine of one app process, its hub listening, its reconciler called by the test."""

    tasks: Tasks
    hub: Hub
    reconciler: Reconciler
    ledger: Ledger
    turns: Turns


@pytest.fixture
def redis_settings(redis: RedisServer) -> RedisSettings:
    return RedisSettings.model_validate({"port": redis.port, "password": redis.password})


@pytest.fixture
async def lines(redis_settings: RedisSettings) -> AsyncIterator[RedisLines]:
    opened = redis_lines(redis_settings)
    yield opened
    await opened.close()


@pytest.fixture
async def storage(tmp_path: Path) -> Storage:
    opened = open_storage(StorageSettings(folder=tmp_path / "files"), SECRET)
    await opened.ready()
    return opened


@pytest.fixture
def grants(storage: Storage) -> Grants:
    return Grants(storage, SECRET, StorageSettings())


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    opened = Ledger(database)
    yield opened
    await opened.close()


@pytest.fixture
def sender(redis_settings: RedisSettings, lines: RedisLines) -> Sender:
    return Sender(redis_settings, Outbox(Line(lines.kept, redis_settings.command_timeout)))


@pytest.fixture
def dispatch(ledger: Ledger, lines: RedisLines, sender: Sender, grants: Grants, storage: Storage) -> Dispatch:
    return Dispatch(ledger, Turns(lines.commands), sender, grants, storage, Sessions(ledger, storage, grants, SECRET))


@pytest.fixture
async def engine(dispatch: Dispatch, lines: RedisLines) -> AsyncIterator[Engine]:
    async with _engine(dispatch, lines) as opened:
        yield opened


@pytest.fixture
async def replica(engine: Engine, dispatch: Dispatch, redis_settings: RedisSettings) -> AsyncIterator[Engine]:
    """Another app process on the same ledger and the same Redis."""
    lines = redis_lines(redis_settings)
    async with _engine(dispatch, lines) as opened:
        yield opened
    await lines.close()


class _engine:  # noqa: N801 - reads like the fixtures it serves
    def __init__(self, dispatch: Dispatch, lines: RedisLines) -> None:
        renewals = Renewals(dispatch.ledger, dispatch.grants, lines.commands)
        self._hub = Hub(dispatch.ledger, Line(lines.kept), renewals.answer, dispatch.ended)
        tasks = Tasks(dispatch.ledger, dispatch.turns, self._hub, dispatch)
        self._engine = Engine(tasks, self._hub, Reconciler(dispatch, self._hub), dispatch.ledger, dispatch.turns)
        self._open = self._hub.open()

    async def __aenter__(self) -> Engine:
        await self._open.__aenter__()
        return self._engine

    async def __aexit__(self, *trouble: object) -> None:
        await self._open.__aexit__(None, None, None)


@pytest.fixture
def tasks(engine: Engine) -> Tasks:
    return engine.tasks


@pytest.fixture
async def client(redis: RedisServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A caller with the right token."""
    async with serving(redis.port, redis.password, tmp_path) as opened:
        yield opened


@pytest.fixture
async def client_without_redis(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(free_port(), "x", tmp_path) as opened:
        yield opened


class serving:  # noqa: N801 - as above
    def __init__(self, port: int, password: str, folder: Path, **more: object) -> None:
        given = {"data_folder": folder, "redis": {"port": port, "password": password}, "auth": {"token": TOKEN}}
        self._app = create_app(AppSettings.model_validate(given | more))
        self._lifespan = self._app.router.lifespan_context(self._app)
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {TOKEN}"}
        self._client = httpx.AsyncClient(transport=transport, base_url="http://app", headers=headers)

    async def __aenter__(self) -> httpx.AsyncClient:
        await self._lifespan.__aenter__()
        return self._client

    async def __aexit__(self, *trouble: object) -> None:
        await self._client.aclose()
        await self._lifespan.__aexit__(None, None, None)
