"""What every table is made from: a moment keeps its time zone on every database."""

from datetime import UTC, datetime, timedelta, timezone

from neuroagent.app.db.database import Database
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import TaskRow


async def test_a_moment_comes_back_in_utc(database: Database) -> None:
    noon_in_zurich = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    ledger = Ledger(database)

    await ledger.add(
        TaskRow(id="1", name="n", queue="q", owner="o", trace_id="t", state="queued", created_at=noon_in_zurich)
    )

    found = await ledger.find("1")
    assert found is not None
    assert found.created_at == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert found.created_at.utcoffset() == timedelta(0)
