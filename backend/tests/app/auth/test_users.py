"""Who has signed in here, or has a key."""

import asyncio

import pytest
from sqlalchemy import select

from neuroagent.app.auth.models import UserRow
from neuroagent.app.auth.users import known
from neuroagent.app.db.database import Database
from neuroagent.app.errors import InvalidInput


async def test_of_two_that_come_at_once_one_is_made(database: Database) -> None:
    await asyncio.gather(*(known(database, "ada") for _ in range(5)))
    await known(database, "ada", "Ada\x00 Lovelace")

    async with database.read() as reading:
        assert [(row.id, row.name) for row in await reading.scalars(select(UserRow))] == [("ada", "Ada Lovelace")]


@pytest.mark.parametrize("odd", ["", " ada", "a/b", "a\x00", "x" * 201, "-ada"])
async def test_an_odd_name_is_refused(odd: str, database: Database) -> None:
    with pytest.raises(InvalidInput, match="can't be a user"):
        await known(database, odd)
