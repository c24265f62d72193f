"""Bring the database to this version at start; one process does it, the others wait."""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from neuroagent.app.db.database import Database

MIGRATIONS: Final = Path(__file__).parent / "migrations"
ADVISORY_LOCK: Final = 0x6E6575726F  # "neuro": any number, as long as every replica takes the same

logger = logging.getLogger(__name__)


async def migrate(database: Database) -> None:
    async with _alone(database), database.engine.connect() as connection:
        before = await connection.run_sync(_revision)
        await connection.run_sync(_upgrade)
        await connection.commit()
        after = await connection.run_sync(_revision)
    if before != after:
        logger.info("database.migrated", extra={"from": before, "to": after})


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    alone = _alone_with_file(database) if database.is_sqlite else _alone_in_postgres(database)
    async with alone:
        yield


@asynccontextmanager
async def _alone_with_file(database: Database) -> AsyncIterator[None]:
    """A lock beside the database file; the system drops it when its holder dies."""
    path = database.engine.url.database
    if not path or path == ":memory:":
        yield
        return
    lock = os.open(f"{path}.migrating", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@asynccontextmanager
async def _alone_in_postgres(database: Database) -> AsyncIterator[None]:
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        yield


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
