"""The app in this process: real database, real Redis, no server between."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from processes import RedisServer, free_port

from neuroagent.app.application import create_app
from neuroagent.app.config import AppSettings
from neuroagent.app.db.database import Database
from neuroagent.app.engine.client import Tasks, producer
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.redis import RedisLines, redis_lines
from neuroagent.app.storage import Grants, StorageSettings, open_storage
from neuroagent.config.redis import RedisSettings

TOKEN = "the token of these tests"
SECRET = b"a secret of thirty-two bytes, ok"


@pytest.fixture
async def lines(redis: RedisServer) -> AsyncIterator[RedisLines]:
    opened = redis_lines(RedisSettings.model_validate({"port": redis.port, "password": redis.password}))
    yield opened
    await opened.close()


@pytest.fixture
def grants(tmp_path: Path) -> Grants:
    settings = StorageSettings(folder=tmp_path / "files")
    return Grants(open_storage(settings, SECRET), SECRET, settings)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def tasks(redis: RedisServer, lines: RedisLines, ledger: Ledger, grants: Grants) -> Tasks:
    settings = RedisSettings.model_validate({"port": redis.port, "password": redis.password})
    return Tasks(ledger, lines.waiting, producer(settings), grants)


@pytest.fixture
async def client(redis: RedisServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A caller with the right token."""
    async with _client(redis.port, redis.password, tmp_path) as opened:
        yield opened


@pytest.fixture
async def client_without_redis(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(free_port(), "x", tmp_path) as opened:
        yield opened


class _client:  # noqa: N801 - reads like the fixture it serves
    def __init__(self, port: int, password: str, folder: Path) -> None:
        given = {"data_folder": folder, "redis": {"port": port, "password": password}, "auth": {"token": TOKEN}}
        self._app = create_app(AppSettings.model_validate(given))
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
