"""Each person's notifications, numbered in the order in which they can be seen; on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from neuroagent.app.db.database import Database
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.notifications.mailboxes import NOTIFICATIONS, Mailboxes, News, put


def news(key: str, owner: str = "ada") -> News:
    return News(owner, "task_complete", key, "t1", {"key": key})


@pytest.fixture
def mailboxes(ledger: Ledger) -> Mailboxes:
    return Mailboxes(ledger)


def _put(told: News, connection: Connection) -> None:
    put(connection, told)


async def write(mailboxes: Mailboxes, *told: News) -> None:
    for one in told:
        await mailboxes.ledger.write(partial(_put, one))


async def test_the_fifty_first_is_there_like_the_first(mailboxes: Mailboxes) -> None:
    await write(mailboxes, *(news(f"{number}") for number in range(60)), news("other", "eve"))

    rows = await mailboxes.after("ada", 0, 100)

    assert [row.key for row in rows] == [f"{number}" for number in range(60)]
    assert [row.place for row in rows] == sorted({row.place for row in rows})
    assert [row.key for row in await mailboxes.after("eve", 0, 100)] == ["other"]


async def test_the_same_is_told_once(mailboxes: Mailboxes) -> None:
    await write(mailboxes, news("a"), news("a"), news("b"))

    assert [row.key for row in await mailboxes.page("ada", None, 10)] == ["b", "a"]


async def test_two_processes_that_write_at_once_never_let_a_reader_skip_one(
    mailboxes: Mailboxes, database: Database
) -> None:
    other = Ledger(database)
    writers = [mailboxes, Mailboxes(other)]
    reading, seen = True, list[int]()

    async def read() -> None:
        while reading:
            for row in await mailboxes.after("ada", seen[-1] if seen else 0, 10):
                seen.append(row.place)
            await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(one, *(news(f"{place}-{n}") for n in range(25))) for place, one in enumerate(writers)))
    reading = False
    await reader
    await other.close()

    async with database.read() as session:
        kept = (await session.scalars(select(NOTIFICATIONS.c.place).order_by(NOTIFICATIONS.c.place))).all()
    seen += [row.place for row in await mailboxes.after("ada", seen[-1], 100)]
    assert seen == list(kept)
    assert len(kept) == 50


async def test_what_is_read_is_counted_no_more(mailboxes: Mailboxes) -> None:
    await write(mailboxes, *(news(f"{number}") for number in range(5)), news("x", "eve"))
    first, *_, last = await mailboxes.after("ada", 0, 10)

    await mailboxes.mark_read("ada", ids=[first.place])
    assert await mailboxes.unread("ada") == 4
    await mailboxes.mark_read("ada", up_to=last.place - 1)
    assert await mailboxes.unread("ada") == 1
    assert await mailboxes.unread("eve") == 1


async def test_what_was_sent_goes_only_forward(mailboxes: Mailboxes) -> None:
    assert await mailboxes.sent("ada") == 0
    await write(mailboxes, news("a"))

    await mailboxes.mark_sent("ada", 5)
    await mailboxes.mark_sent("ada", 3)

    assert await mailboxes.sent("ada") == 5


async def test_old_ones_go_and_numbers_are_not_given_again(mailboxes: Mailboxes) -> None:
    await write(mailboxes, news("a"))

    assert await mailboxes.forget(datetime.now(UTC) + timedelta(seconds=1)) == 1

    await write(mailboxes, news("b"))
    [row] = await mailboxes.after("ada", 0, 10)
    assert (row.key, row.place) == ("b", 2)
