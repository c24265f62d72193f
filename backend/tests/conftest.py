"""What every test may ask for; and no test is skipped without a word."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from databases import Postgres, postgres_server
from processes import RedisServer, redis_server
from redis import Redis

from neuroagent.app.db.database import Database, DatabaseSettings, open_database
from neuroagent.app.db.migrate import migrate

pytest_plugins = ["store_fixtures"]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down what couldn't run, for the list at the end of `./dev test`."""
    file = os.environ.get("DEV_TEST_SKIPS")
    if file and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        with Path(file).open("a", encoding="utf-8") as skips:
            skips.write(f"{report.nodeid}\t{reason}\n")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("NEUROAGENT_", "TASKS_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def redis_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis(redis_for_all: RedisServer) -> RedisServer:
    """A running Redis with nothing in it."""
    with redis_for_all.connect() as connection:
        connection.flushall()
    return redis_for_all


@pytest.fixture
def redis_client(redis: RedisServer) -> Iterator[Redis]:
    with redis.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that the product runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The same with every table in it."""
    opened = open_database(DatabaseSettings.model_validate({"url": database_url}), tmp_path)
    await migrate(opened)
    yield opened
    await opened.engine.dispose()
