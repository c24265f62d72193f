"""The database is brought to this version at start; one process does it, the others wait."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from processes import running
from sqlalchemy import Connection, insert, text

from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.auth.models import KeyRow, UserRow
from neuroagent.app.chat import models as chat_models
from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.chat.search.hits import Search
from neuroagent.app.chat.search.models import MessageTextRow
from neuroagent.app.chat.shares.models import ShareRow
from neuroagent.app.chat.threads import MESSAGES, THREADS
from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.db.base import Table
from neuroagent.app.db.database import Database, DatabaseSettings, open_database
from neuroagent.app.db.migrate import MIGRATIONS, migrate
from neuroagent.app.db.words import Wanted
from neuroagent.app.engine import models
from neuroagent.app.notifications.models import NotificationRow
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
    def is_ours(name: str | None, _kind: str, _parents: object) -> bool:
        return not str(name).startswith("message_words")  # the search index: each database has its own

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    return list(compare_metadata(context, Table.metadata))


async def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    assert models.TaskRow.__tablename__ in Table.metadata.tables
    assert {row.__tablename__ for row in (MessageTextRow, ThreadFileRow, ShareRow)} <= set(Table.metadata.tables)
    assert chat_models.RunRow.__tablename__ in Table.metadata.tables
    assert {ApprovalRow.__tablename__, NotificationRow.__tablename__} <= set(Table.metadata.tables)
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


def brought_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_messages_that_were_there_before_the_search_are_found(database_url: str, tmp_path: Path) -> None:
    database = open_database(DatabaseSettings.model_validate({"url": database_url}), tmp_path)
    now = datetime.now(UTC)
    threads = [{"id": "t1", "owner": "ada", "title": "x", "is_named": False, "pinned": False}]
    parts = [{"type": "text", "text": "Ramón\0 \ud800"}, {"type": "tool-x", "input": {"script": "soma()"}}]
    message: dict[str, Any] = {"thread_id": "t1", "role": "user", "state": "complete", "exchange": [], "model": ""}
    message |= {"tokens_in": 0, "tokens_out": 0, "created_at": now, "parts": parts}
    async with database.engine.begin() as connection:
        await connection.run_sync(brought_to, "0004")
        await connection.execute(insert(THREADS), [one | {"created_at": now, "updated_at": now} for one in threads])
        for place, name in enumerate(("b", "a")):
            await connection.execute(insert(MESSAGES), message | {"id": name, "place": float(place)})

    await migrate(database)

    hits = await Search(database).hits("ada", Wanted.read("ramon soma"), None, 9)
    assert [hit.message_id for hit in hits] == ["a", "b"]
    await database.engine.dispose()
