"""SQLite's writing side: at once where the file is free, patiently where it isn't, and never in the way of others."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from sqlite3 import connect

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from neuroagent.app.db.database import DatabaseSettings, open_database
from neuroagent.app.db.sqlite import BETWEEN_CHECKPOINTS, SqliteWriter, Taken
from neuroagent.app.db.writer import Writer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with closing(connect(tmp_path / "a.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE words (place INTEGER PRIMARY KEY, word TEXT)")
    return tmp_path / "a.db"


@pytest.fixture
def sqlite(file: Path) -> Iterator[SqliteWriter]:
    opened = SqliteWriter(f"sqlite:///{file}")
    yield opened
    opened.close()


def add(connection: Connection, place: int = 1) -> int:
    connection.execute(text("INSERT INTO words VALUES (:place, 'x')"), {"place": place})
    return place


def places(file: Path) -> list[int]:
    with closing(connect(file)) as connection:
        return [place for (place,) in connection.execute("SELECT place FROM words ORDER BY place")]


def test_a_free_file_is_written_at_once(sqlite: SqliteWriter, file: Path) -> None:
    assert sqlite.at_once([add, partial(add, place=2)]) == [1, 2]
    assert places(file) == [1, 2]


def test_while_another_writes_nobody_is_made_to_wait(sqlite: SqliteWriter, file: Path) -> None:
    with closing(connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Taken):
            sqlite.at_once([add])
        other.execute("COMMIT")

    assert sqlite.at_once([add]) == [1]


def test_what_fails_leaves_nothing_and_the_next_is_written(sqlite: SqliteWriter, file: Path) -> None:
    with pytest.raises(IntegrityError):
        sqlite.at_once([partial(add, place=7)] * 2)

    sqlite.at_once([add])

    assert places(file) == [1]


def test_the_log_is_moved_into_the_file_by_the_thread_now_and_then(sqlite: SqliteWriter, file: Path) -> None:
    """A commit never does it: beyond SQLite's own thousand pages the log would start again at its beginning."""
    for place in range(BETWEEN_CHECKPOINTS - 1):
        sqlite.at_once([partial(add, place=place)])
    kept = file.stat().st_size

    sqlite.at_once([partial(add, place=BETWEEN_CHECKPOINTS)])
    sqlite.thread.submit(lambda: None).result()  # what was handed to the thread before is done

    assert file.stat().st_size > kept


async def test_the_loop_goes_on_while_a_write_waits_for_another_process(file: Path) -> None:
    database = open_database(DatabaseSettings.model_validate({"url": f"sqlite:///{file}"}), file.parent)
    writer = Writer(database)
    with closing(connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(writer.write(add))
        for _ in range(20):
            await asyncio.sleep(0.005)  # would not come back if the loop itself waited
        assert not waiting.done()
        other.execute("COMMIT")
    assert await waiting == 1
    await writer.close()
    await database.engine.dispose()
