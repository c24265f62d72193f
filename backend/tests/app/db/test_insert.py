"""Adding a row: the same in both databases, and what is refused is refused in SQLAlchemy's words."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from neuroagent.app.db.database import Database
from neuroagent.app.db.writer import Writer
from neuroagent.app.engine.ledger import ADD
from neuroagent.app.engine.models import TaskRow

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
ROW = {
    "id": "1",
    "name": "ping",
    "queue": "q",
    "owner": "ann",
    "trace_id": "t",
    "idempotency_key": "k",
    "state": "queued",
    "attempts": 0,
    "inbox": "inbox:1",
    "input": {"text": "Grüße ' \\ \x00", "n": [1, None]},
    "created_at": AT,
    "sent_at": 1.5,
    "alive_at": 0.0,
    "cancel_requested": False,
}


async def test_a_row_is_read_as_it_was_given(database: Database) -> None:
    writer = Writer(database)

    await writer.write(lambda connection: ADD(connection, ROW))
    await writer.close()

    async with database.read() as session:
        kept = await session.scalar(select(TaskRow))
    assert kept is not None
    assert {name: getattr(kept, name) for name in ROW} == ROW
    assert (kept.output, kept.due_at, kept.seconds) == (None, None, 0.0)


async def test_a_key_that_is_taken_is_refused_and_the_next_row_is_not(database: Database) -> None:
    writer = Writer(database)
    await writer.write(lambda connection: ADD(connection, ROW))

    with pytest.raises(IntegrityError):
        await writer.write(lambda connection: ADD(connection, ROW | {"id": "2"}))

    await writer.write(lambda connection: ADD(connection, ROW | {"id": "2", "idempotency_key": None}))
    await writer.close()
