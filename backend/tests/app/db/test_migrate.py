"""The database is brought to this version at start; one process does it, the others wait."""

import asyncio
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from processes import running
from sqlalchemy import Connection, text

from neuroagent.app.auth.models import KeyRow, UserRow
from neuroagent.app.chat import models as chat_models
from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.db.base import Table
from neuroagent.app.db.database import Database, DatabaseSettings, open_database
from neuroagent.app.db.migrate import migrate
from neuroagent.app.engine import models
from neuroagent.app.usage.models import UsageRow

MIGRATE = """
import asyncio, sys
from pathlib import Path
from neuroagent.app.db.database import DatabaseSettings, open_database
from neuroagent.app.db.migrate import migrate
database = open_database(DatabaseSettings.model_validate({"url": sys.argv[1]}), Path("."))
asyncio.run(migrate(database))
"""


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    assert models.TaskRow.__tablename__ in Table.metadata.tables
    assert chat_models.RunRow.__tablename__ in Table.metadata.tables
    assert {KeyRow.__tablename__, UserRow.__tablename__, UsageRow.__tablename__} <= set(Table.metadata.tables)
    assert {CircuitRow.__tablename__, models.TaskRow.__tablename__} <= set(Table.metadata.tables)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_second_start_changes_nothing(database: Database) -> None:
    await migrate(database)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def said_in(folder: Path) -> str:
    return "\n".join(log.read_text() for log in folder.glob("*.log"))


async def test_eight_processes_starting_at_once_all_get_there(database_url: str, tmp_path: Path) -> None:
    def start(number: int) -> int:
        command = [sys.executable, "-c", MIGRATE, database_url]
        with running(command, tmp_path / f"{number}.log") as process:
            return process.wait(60)

    codes = await asyncio.gather(*(asyncio.to_thread(start, number) for number in range(8)))

    assert codes == [0] * 8, said_in(tmp_path)
    database = open_database(DatabaseSettings.model_validate({"url": database_url}), tmp_path)
    async with database.read() as session:
        assert len((await session.execute(text("SELECT * FROM alembic_version"))).all()) == 1
    await database.engine.dispose()
