"""Usage in the database: an answer is added with the answer itself, tasks are added many at once, each once."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, cast

from sqlalchemy import Connection, Table, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from neuroagent.app.background import swept
from neuroagent.app.engine.ledger import TABLE as TASKS
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.usage.models import UsageRow

USAGE: Final = cast("Table", UsageRow.__table__)
KEY: Final = ("user_id", "day")
EVERY: Final = 2.0  # seconds
BATCH: Final = 500
TO_COUNT: Final = and_(TASKS.c.ended_at.is_not(None), TASKS.c.counted_at.is_(None))


@dataclass(frozen=True)
class Usage:
    ledger: Ledger

    async def on(self, user_id: str, day: date) -> UsageRow | None:
        async with self.ledger.database.read() as reading:
            return await reading.get(UsageRow, (user_id, day))

    async def before(self, user_id: str, days: int) -> Sequence[UsageRow]:
        """The newest day first."""
        query = select(UsageRow).where(UsageRow.user_id == user_id).order_by(UsageRow.day.desc()).limit(days)
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query)).all()

    async def count_tasks(self) -> int:
        """Add what ended since the last time; of several replicas, one adds each task."""
        async with self.ledger.database.read() as reading:
            if await reading.scalar(select(TASKS.c.id).where(TO_COUNT).limit(1)) is None:
                return 0  # nobody has to wait for a writer that has nothing to write
        return await self.ledger.write(_count_tasks)

    def counting(self, every: float = EVERY) -> AbstractAsyncContextManager[None]:
        return swept(self.count_tasks, "usage.not_counted", every)


def today() -> date:
    return datetime.now(UTC).date()


def add(connection: Connection, user_id: str, day: date, more: Mapping[str, float]) -> None:
    """One statement: two that add at once both count."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    nothing = {column.name: 0 for column in USAGE.columns if column.name not in KEY}
    row = dialect.insert(USAGE).values({"user_id": user_id, "day": day, **nothing, **more})
    sums = {name: USAGE.c[name] + row.excluded[name] for name in more}
    connection.execute(row.on_conflict_do_update(index_elements=KEY, set_=sums))


def add_answer(connection: Connection, user_id: str, tokens_in: int, tokens_out: int) -> None:
    add(connection, user_id, today(), {"answers": 1, "tokens_in": tokens_in, "tokens_out": tokens_out})


def _count_tasks(connection: Connection) -> int:
    ids = select(TASKS.c.id).where(TO_COUNT).order_by(TASKS.c.ended_at).limit(BATCH).with_for_update(skip_locked=True)
    mark = update(TASKS).where(TASKS.c.id.in_(ids.scalar_subquery()), TO_COUNT).values(counted_at=time.time())
    ended = connection.execute(mark.returning(TASKS.c.owner, TASKS.c.ended_at, TASKS.c.seconds)).all()
    sums: defaultdict[tuple[str, date], list[float]] = defaultdict(list)
    for owner, ended_at, seconds in ended:
        sums[owner, ended_at.astimezone(UTC).date()].append(seconds)
    for (owner, day), seconds in sorted(sums.items()):
        add(connection, owner, day, {"tasks": len(seconds), "tool_seconds": sum(seconds)})
    return len(ended)
