"""Idle sessions are deleted without being asked, and trouble on the way only waits for the next time."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.conftest import Engine
from sqlalchemy import func, select, text, update

from neuroagent.app.engine.models import SessionRow
from neuroagent.app.sessions.idle import SessionsSettings, idle_deleted


async def left(engine: Engine) -> int:
    async with engine.ledger.database.read() as reading:
        return int(await reading.scalar(select(func.count()).select_from(SessionRow)) or 0)


async def until_left(engine: Engine, number: int) -> None:
    async with asyncio.timeout(30):
        while await left(engine) != number:  # noqa: ASYNC110 - the sweeper's own clock says when
            await asyncio.sleep(0.01)


async def rested(engine: Engine, days: float) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    await engine.ledger.write(lambda connection: connection.execute(update(SessionRow).values(used_at=at)))


async def test_what_rested_for_too_long_goes_and_the_rest_stays(engine: Engine) -> None:
    sessions = engine.tasks.dispatch.sessions
    for number in range(250):
        await sessions.opened("ann", str(number))
    await rested(engine, days=8)
    await sessions.opened("ann", "fresh")

    async with idle_deleted(sessions, SessionsSettings(idle_days=7)):
        await until_left(engine, 1)


async def test_a_database_that_is_away_is_tried_again(engine: Engine) -> None:
    sessions = engine.tasks.dispatch.sessions
    await sessions.opened("ann", "s")
    await rested(engine, days=8)
    rename = "ALTER TABLE {} RENAME TO {}"
    await engine.ledger.write(lambda connection: connection.execute(text(rename.format("sessions", "elsewhere"))))

    async with idle_deleted(sessions, SessionsSettings(idle_days=7), every=0.05):
        await asyncio.sleep(0.2)
        await engine.ledger.write(lambda connection: connection.execute(text(rename.format("elsewhere", "sessions"))))
        await until_left(engine, 0)
