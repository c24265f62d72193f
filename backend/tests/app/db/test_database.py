"""Two kinds of transaction, on both databases."""

import asyncio
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from neuroagent.app.db.database import Database, DatabaseSettings, open_database


async def value(database: Database) -> int:
    async with database.read() as session:
        return int(await session.scalar(text("SELECT value FROM counter")) or 0)


@pytest.fixture
async def counter(database: Database) -> Database:
    async with database.write() as session:
        await session.execute(text("CREATE TABLE counter (value INTEGER)"))
        await session.execute(text("INSERT INTO counter VALUES (0)"))
    return database


async def test_what_is_written_is_read(counter: Database) -> None:
    async with counter.write() as session:
        await session.execute(text("UPDATE counter SET value = 5"))

    assert await value(counter) == 5


async def test_a_write_that_fails_leaves_nothing(counter: Database) -> None:
    async def half_of_it() -> None:
        async with counter.write() as session:
            await session.execute(text("UPDATE counter SET value = 5"))
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        await half_of_it()

    assert await value(counter) == 0


async def test_fifty_writers_at_once_wait_for_each_other(counter: Database) -> None:
    async def add_one() -> None:
        async with counter.write() as session:
            await session.execute(text("SELECT value FROM counter"))  # reading first must not spoil the write
            await session.execute(text("UPDATE counter SET value = value + 1"))

    await asyncio.gather(*(add_one() for _ in range(50)))

    assert await value(counter) == 50


async def test_sqlite_is_in_wal_mode_and_checks_keys(tmp_path: Path) -> None:
    database = open_database(DatabaseSettings(), tmp_path / "new folder")
    async with database.read() as session:
        assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
    await database.engine.dispose()
    assert (tmp_path / "new folder" / "neuroagent.db").is_file()


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/db", "nonsense"])
def test_another_kind_of_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValidationError, match="postgresql:// or sqlite:///") as trouble:
        DatabaseSettings.model_validate({"url": url})

    assert "hunter2" not in str(trouble.value)
