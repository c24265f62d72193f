"""One writer: what is asked for at once is committed at once, in order, and nobody suffers for another's mistake."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from neuroagent.app.db.database import Database
from neuroagent.app.db.sqlite import Operation
from neuroagent.app.db.writer import Writer


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    async with database.write() as session:
        await session.execute(text("CREATE TABLE words (place INTEGER PRIMARY KEY, word TEXT)"))
    opened = Writer(database)
    yield opened
    await opened.close()


def add(place: int, word: str = "x") -> Operation[int]:
    def operation(connection: Connection) -> int:
        connection.execute(text("INSERT INTO words VALUES (:place, :word)"), {"place": place, "word": word})
        return place

    return operation


async def words(database: Database) -> int:
    async with database.read() as session:
        return int(await session.scalar(text("SELECT count(*) FROM words")) or 0)


async def test_what_is_written_is_there_when_the_writer_answers(writer: Writer, database: Database) -> None:
    assert await writer.write(add(1)) == 1
    assert await words(database) == 1


async def test_a_thousand_at_once_are_all_written(writer: Writer, database: Database) -> None:
    assert await asyncio.gather(*(writer.write(add(number)) for number in range(1_000))) == list(range(1_000))
    assert await words(database) == 1_000


async def test_one_that_fails_takes_nobody_with_it(writer: Writer, database: Database) -> None:
    answers = await asyncio.gather(*(writer.write(add(place)) for place in (1, 2, 1, 3)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [int, int, IntegrityError, int]
    assert await words(database) == 3


async def test_an_operation_that_breaks_is_its_asker_s_trouble_alone(writer: Writer, database: Database) -> None:
    def breaks(_: Connection) -> int:
        raise KeyError("no such thing")

    answers = await asyncio.gather(*map(writer.write, (add(1), breaks, add(2))), return_exceptions=True)

    assert [type(answer) for answer in answers] == [int, KeyError, int]
    assert await writer.write(add(3)) == 3
    assert await words(database) == 3


async def test_what_nobody_waits_for_is_written_a_moment_later(writer: Writer, database: Database) -> None:
    writer.write_soon(add(1))
    writer.write_soon(add(1))  # its failure is logged, and hurts nobody
    writer.write_soon(add(2))

    async with asyncio.timeout(30):
        while await words(database) < 2:  # noqa: ASYNC110 - the writer's own clock says when
            await asyncio.sleep(0.005)
    await writer.close()
    assert await words(database) == 2


async def test_what_somebody_waits_for_comes_before_what_nobody_does(writer: Writer, database: Database) -> None:
    writer.write_soon(add(1))

    await writer.write(add(2))

    assert await words(database) == 1


async def test_closing_writes_what_was_asked_for(writer: Writer, database: Database) -> None:
    writer.write_soon(add(1))

    await writer.close()

    assert await words(database) == 1
