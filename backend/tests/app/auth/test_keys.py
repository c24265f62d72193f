"""API keys in both databases: shown once, kept as a digest, gone when revoked."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from neuroagent.app.auth.keys import PREFIX, Keys, scopes_in
from neuroagent.app.auth.models import KeyRow
from neuroagent.app.db.database import Database
from neuroagent.app.errors import NotFound


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


async def test_a_key_is_known_again_and_nothing_in_the_database_tells_it(keys: Keys) -> None:
    made = await keys.add("ada", "laptop", {"chat"})

    found = await keys.of(made.key)

    assert found is not None
    assert (found.user_id, found.name, sorted(scopes_in(found))) == ("ada", "laptop", ["chat"])
    async with keys.database.read() as reading:
        kept = str((await reading.execute(text("SELECT * FROM api_keys"))).mappings().all())
    assert made.key not in kept
    assert made.key.removeprefix(PREFIX)[10:] not in kept


@pytest.mark.parametrize("odd", ["", PREFIX, "na_x", "\ud800", "x" * 10_000])
async def test_what_is_no_key_is_not_known(odd: str, keys: Keys) -> None:
    await keys.add("ada", "", {"chat"})

    assert await keys.of(odd) is None


async def test_a_revoked_key_works_no_longer(keys: Keys) -> None:
    made = await keys.add("ada", "", {"chat"})

    await keys.revoke(made.row.id, "ada")

    assert await keys.of(made.key) is None
    assert await keys.by_id(made.row.id) is None
    with pytest.raises(NotFound):
        await keys.revoke(made.row.id, "ada")


@pytest.mark.parametrize("key_id", ["another", "x" * 1000, "\x00", "ü"])
async def test_what_isn_t_there_can_t_be_revoked(key_id: str, keys: Keys) -> None:
    with pytest.raises(NotFound):
        await keys.revoke(key_id, None)


async def test_another_s_key_can_t_be_revoked(keys: Keys) -> None:
    made = await keys.add("ada", "", {"chat"})

    with pytest.raises(NotFound):
        await keys.revoke(made.row.id, "bob")

    assert await keys.of(made.key) is not None


async def test_a_key_ends_when_its_days_are_over(keys: Keys) -> None:
    made = await keys.add("ada", "", {"chat"}, days=1)
    assert await keys.of(made.key) is not None

    async with keys.database.write() as writing:
        await writing.execute(update(KeyRow).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    assert await keys.of(made.key) is None


async def test_its_last_use_is_noted(keys: Keys) -> None:
    made = await keys.add("ada", "", {"chat"})

    await keys.of(made.key)

    [row] = await keys.listed("ada")
    assert row.used_at is not None
    assert await keys.listed("bob") == []
