"""The runs in the database: one at a time in a thread, each held by one process for as long as its lease lasts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Connection, and_, or_, select, update
from sqlalchemy.exc import IntegrityError

from neuroagent.app.approvals.questions import has_pending
from neuroagent.app.approvals.questions import withdraw as withdraw_approvals
from neuroagent.app.chat.ask import withdraw
from neuroagent.app.chat.messages import write_message
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.progress import Checkpoint
from neuroagent.app.chat.threads import BUSY, RUNS, THREADS
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.notifications.mailboxes import News, put
from neuroagent.app.usage.rows import add_answer

LEASE: Final = 10.0  # seconds
FREE: Final = {"state": "running", "holder": None, "lease_until": 0.0}

Rest = Literal["resting", "answered", "stopped", "lost"]


@dataclass(frozen=True)
class RunRows:
    """As one process, the `holder`, sees and changes them."""

    ledger: Ledger
    holder: str

    async def find(self, run_id: str) -> RunRow | None:
        async with self.ledger.database.read() as reading:
            return await reading.get(RunRow, run_id)

    async def under_way(self, thread_id: str) -> Sequence[RunRow]:
        """What runs, and after it what waits."""
        query = select(RunRow).where(RunRow.thread_id == thread_id, RunRow.state.in_(BUSY))
        async with self.ledger.database.read() as reading:
            rows = (await reading.scalars(query.order_by(RunRow.asked_at))).all()
        return sorted(rows, key=lambda row: row.state == "queued")

    async def claim_next(self, thread_id: str) -> RunRow | None:
        """The one that has waited longest, if none is running; of several processes that try, one gets it."""
        waiting = select(RUNS.c.id).where(RUNS.c.thread_id == thread_id, RUNS.c.state == "queued")
        async with self.ledger.database.read() as reading:
            run_id = await reading.scalar(waiting.order_by(RUNS.c.asked_at).limit(1))
        if run_id is None:
            return None
        try:
            return await self._claim(run_id, RUNS.c.state == "queued")
        except IntegrityError:  # one is running, or waits for a person: the database allows one in a thread
            return None

    async def claim_dead(self, run_id: str) -> RunRow | None:
        """One whose holder has let its lease run out."""
        return await self._claim(run_id, and_(RUNS.c.state == "running", RUNS.c.lease_until < time.time()))

    async def dead(self, limit: int = 50) -> Sequence[str]:
        query = select(RUNS.c.id).where(RUNS.c.state == "running", RUNS.c.lease_until < time.time())
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query.order_by(RUNS.c.lease_until).limit(limit))).all()

    async def threads_left_waiting(self, limit: int = 50) -> Sequence[str]:
        """Something waits in them and nothing runs: whoever should have begun it died in between."""
        running = select(RUNS.c.thread_id).where(RUNS.c.state.in_(("running", "waiting")))
        query = select(RUNS.c.thread_id).where(RUNS.c.state == "queued", RUNS.c.asked_at < time.time() - 1)
        async with self.ledger.database.read() as reading:
            found = await reading.scalars(query.where(RUNS.c.thread_id.not_in(running)).distinct().limit(limit))
            return found.all()

    async def renew(self) -> Sequence[tuple[str, bool]]:
        """The runs that are ours still, and whether somebody wants them stopped."""
        ours = and_(RUNS.c.holder == self.holder, RUNS.c.state == "running")

        def renewed(connection: Connection) -> Sequence[tuple[str, bool]]:
            connection.execute(update(RUNS).where(ours).values(lease_until=time.time() + LEASE))
            return [(row.id, row.stop_requested) for row in connection.execute(select(RUNS).where(ours))]

        return await self.ledger.write(renewed)

    async def keep(self, run: RunRow, checkpoint: Checkpoint) -> bool:
        """Whether it is ours still."""
        return await self.ledger.change(
            update(RUNS).where(self._ours(run)).values(progress=checkpoint.model_dump(mode="json"))
        )

    async def release(self, run: RunRow) -> bool:
        """Whoever comes first may go on with it."""
        return await self.ledger.change(update(RUNS).where(self._ours(run)).values(lease_until=0.0))

    async def rest(self, run: RunRow, checkpoint: Checkpoint) -> Rest:
        """It waits for a person, and no process holds it; unless the person has answered, or stopped it, meanwhile."""
        progress = checkpoint.model_dump(mode="json")
        return await self.ledger.write(lambda connection: self._rest(connection, run, progress))

    async def ask_to_stop(self, run_id: str) -> bool:
        """Also one that waits for a person: whoever comes first ends it."""
        return await self.ledger.write(lambda connection: _ask_to_stop(connection, run_id))

    async def withdraw(self, run: RunRow) -> bool:
        return await self.ledger.write(lambda connection: withdraw(connection, run))

    async def end(self, run: RunRow, state: str, answer: dict[str, Any], failure: str | None = None) -> bool:
        """The answer is in the tree and the run has ended, both or neither; whether it was ours to end."""
        return await self.ledger.write(lambda connection: self._end(connection, run, state, answer, failure))

    def _end(
        self, connection: Connection, run: RunRow, state: str, answer: dict[str, Any], failure: str | None
    ) -> bool:
        now = datetime.now(UTC)
        values = {"state": state, "failure": failure, "ended_at": now, "progress": None}
        if not connection.execute(update(RUNS).where(self._ours(run)).values(values)).rowcount:
            return False
        withdraw_approvals(connection, run.id)
        put(connection, _finished(run, state))
        message = {"thread_id": run.thread_id, "id": run.answer, "parent": run.question, "role": "assistant"}
        write_message(connection, message | answer | {"place": time.time(), "created_at": now})
        add_answer(connection, run.owner, answer.get("tokens_in", 0), answer.get("tokens_out", 0))
        of_thread = THREADS.c.id == run.thread_id
        connection.execute(update(THREADS).where(of_thread).values(updated_at=now))
        stayed = and_(of_thread, or_(THREADS.c.head == run.question, THREADS.c.head.is_(None)))
        connection.execute(update(THREADS).where(stayed).values(head=run.answer))
        return True

    def _rest(self, connection: Connection, run: RunRow, progress: dict[str, Any]) -> Rest:
        values = {"state": "waiting", "holder": None, "progress": progress, "rested": run.attempt}
        not_stopped = and_(self._ours(run), RUNS.c.stop_requested.is_(False))
        if not connection.execute(update(RUNS).where(not_stopped).values(values)).rowcount:
            ours = connection.execute(select(RUNS.c.id).where(self._ours(run))).first()
            return "stopped" if ours else "lost"
        if has_pending(connection, run.id):  # looked for with the row in our hands: no answer can slip through
            return "resting"
        back = {"state": "running", "holder": self.holder, "rested": run.rested}
        connection.execute(update(RUNS).where(RUNS.c.id == run.id).values(back))
        return "answered"

    async def _claim(self, run_id: str, condition: ColumnElement[bool]) -> RunRow | None:
        values = {"state": "running", "holder": self.holder, "lease_until": time.time() + LEASE}
        claim = update(RUNS).where(RUNS.c.id == run_id, condition).values(**values, attempt=RUNS.c.attempt + 1)
        return await self.find(run_id) if await self.ledger.change(claim) else None

    def _ours(self, run: RunRow) -> ColumnElement[bool]:
        return and_(
            RUNS.c.id == run.id,
            RUNS.c.state == "running",
            RUNS.c.holder == self.holder,
            RUNS.c.attempt == run.attempt,
        )


def settled(connection: Connection, run_id: str) -> None:
    """A question of it has been answered; when nothing else waits for the person, whoever comes first goes on."""
    of_run = RUNS.c.id == run_id
    connection.execute(select(RUNS.c.id).where(of_run).with_for_update())
    if not has_pending(connection, run_id):
        connection.execute(update(RUNS).where(of_run, RUNS.c.state == "waiting").values(FREE))


def _ask_to_stop(connection: Connection, run_id: str) -> bool:
    of_run = RUNS.c.id == run_id
    waiting = update(RUNS).where(of_run, RUNS.c.state == "waiting")
    if connection.execute(waiting.values(**FREE, stop_requested=True)).rowcount:
        withdraw_approvals(connection, run_id)
        return True
    running = update(RUNS).where(of_run, RUNS.c.state == "running")
    return bool(connection.execute(running.values(stop_requested=True)).rowcount)


def _finished(run: RunRow, state: str) -> News:
    data: dict[str, JsonValue] = {"run": run.id, "message": run.answer, "state": state}
    return News(run.owner, "run_finished", f"run:{run.id}", run.thread_id, data)
