"""What every table is made from: a moment keeps its time zone on every database."""

from datetime import UTC, datetime, timedelta, timezone

from app.engine.test_ledger import row

from neuroagent.app.db.database import Database
from neuroagent.app.engine.ledger import Ledger


async def test_a_moment_comes_back_in_utc(database: Database) -> None:
    noon_in_zurich = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    ledger = Ledger(database)

    await ledger.add(row(created_at=noon_in_zurich))

    found = await ledger.find("1")
    assert found is not None
    assert found.created_at == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert found.created_at.utcoffset() == timedelta(0)
