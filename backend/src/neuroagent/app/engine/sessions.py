"""Sessions: a task finds what the one before it left, and runs of one session come one after the other."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import uuid4

from sqlalchemy import Connection, Table, and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import SessionRow, TaskRow
from neuroagent.app.engine.states import OPEN
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.storage import Grants, Storage, session_prefix
from neuroagent.app.storage.signing import Signer
from neuroagent.task_schemas.events import Ending, Failed
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.jobs import SessionTerms

SESSIONS: Final = cast("Table", SessionRow.__table__)
TASKS: Final = cast("Table", TaskRow.__table__)
FOLDERS: Final = 2  # in sessions/{session}/{task}
STILL_OPEN: Final = TASKS.c.state.in_(sorted(OPEN))
NOBODY_RUNS: Final = ~exists().where(TASKS.c.session_id == SESSIONS.c.id, STILL_OPEN)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sessions:
    """A state counts once its task's ending is in the ledger: what a lost attempt left is never found."""

    ledger: Ledger
    storage: Storage
    grants: Grants
    secret: bytes = field(repr=False)

    async def opened(self, owner: str, name: str) -> str:
        """The id of this person's session of this name, made when it is named first."""
        now = datetime.now(UTC)
        whose = and_(SESSIONS.c.owner == owner, SESSIONS.c.name == name)
        in_use = update(SESSIONS).where(whose).values(used_at=now).returning(SESSIONS.c.id)  # idle no longer
        found = await self.ledger.write(lambda connection: connection.execute(in_use).scalar_one_or_none())
        if found is not None:
            return str(found)
        values = {"id": str(uuid4()), "owner": owner, "name": name, "created_at": now, "used_at": now}
        try:
            await self.ledger.write(lambda connection: connection.execute(insert(SESSIONS), values))
        except IntegrityError:
            return await self.opened(owner, name)
        return str(values["id"])

    async def taken(self, row: TaskRow) -> bool:
        """Whether it is this task's turn; of several that ask at once, one gets it."""
        earlier = and_(TASKS.c.session_id == row.session_id, STILL_OPEN, TASKS.c.created_at < row.created_at)
        free = or_(  # whoever held it has ended
            SESSIONS.c.holder.is_(None),
            SESSIONS.c.holder == row.id,
            ~exists().where(TASKS.c.id == SESSIONS.c.holder, STILL_OPEN),
        )
        take = update(SESSIONS).where(SESSIONS.c.id == row.session_id, free, ~exists().where(earlier))
        values = {"holder": row.id, "used_at": datetime.now(UTC)}
        return await self.ledger.change(take.values(values))

    async def terms(self, row: TaskRow) -> SessionTerms | None:
        """What goes with the task's message; None when the session was deleted meanwhile."""
        async with self.ledger.database.read() as reading:
            kept = await reading.get(SessionRow, row.session_id)
        if kept is None:
            return None
        key = Signer.for_purpose(self.secret, "session").sign(kept.id, kept.owner)
        state = StoredFile.model_validate(kept.state) if kept.state else None
        return SessionTerms(id=kept.id, key=key, state=state, upload=self.grants.session(kept.id, row.id))

    async def left(self, task_id: str, ending: Ending) -> Sequence[TaskRow]:
        """Write down how a task ended and left its session; those whose turn may have come."""
        needless = await self.ledger.write(lambda connection: self._left(connection, task_id, ending))
        await self._drop(needless)
        async with self.ledger.database.read() as reading:
            mine = select(TaskRow.session_id).where(TaskRow.id == task_id).scalar_subquery()
            holder = select(SESSIONS.c.holder).where(SESSIONS.c.id == mine).scalar_subquery()  # it was sent already
            waiting = select(TaskRow).where(TaskRow.session_id == mine, TaskRow.state == "queued", TaskRow.id != holder)
            return (await reading.scalars(waiting.order_by(TaskRow.created_at).limit(1))).all()

    def _left(self, connection: Connection, task_id: str, ending: Ending) -> str:
        """What nobody needs any more: all that the task before left, or this state if its ending doesn't count."""
        counts = self.ledger.write_down(connection, task_id, ending)
        if isinstance(ending, Failed) or ending.session is None or ending.session.state is None:
            mine = connection.execute(select(TASKS.c.session_id).where(TASKS.c.id == task_id)).scalar_one_or_none()
            return (
                session_prefix(mine, task_id) if counts and mine else ""
            )  # an attempt that was lost may have left one
        new = ending.session.state.model_dump(mode="json")
        mine = and_(SESSIONS.c.id == ending.session.id, SESSIONS.c.holder == task_id)
        before = connection.execute(select(SESSIONS.c.state).where(mine)).one_or_none()
        if not str(new["key"]).startswith(session_prefix(ending.session.id, task_id)):
            return ""  # whatever it names isn't this task's
        if not counts or before is None:
            return str(new["key"]) if before is None or before.state != new else ""
        connection.execute(update(SESSIONS).where(mine).values(state=new, used_at=datetime.now(UTC)))
        return _left_with(before.state)

    async def page(self, owner: str, limit: int = 200) -> Sequence[SessionRow]:
        """Those that hold something; used last, first."""
        query = select(SessionRow).where(SessionRow.owner == owner, SessionRow.state.is_not(None))
        async with self.ledger.database.read() as reading:
            return (await reading.scalars(query.order_by(SessionRow.used_at.desc()).limit(limit))).all()

    async def delete(self, owner: str, name: str) -> None:
        """Its bytes are gone; whoever names it again begins anew."""
        query = select(SessionRow).where(SessionRow.owner == owner, SessionRow.name == name)
        async with self.ledger.database.read() as reading:
            found = await reading.scalar(query)
        if found is None or found.state is None:
            raise NotFound(f"There is no session {name[:100]!r}.")
        as_seen = update(SESSIONS).where(SESSIONS.c.id == found.id, SESSIONS.c.used_at == found.used_at, NOBODY_RUNS)
        if not await self.ledger.change(as_seen.values(state=None)):
            raise Conflict(f"A run of session {name!r} is under way; cancel it, or wait until it has ended.")
        await self._drop(_left_with(found.state))

    async def delete_idle(self, longer_than: timedelta) -> int:
        """Those that nobody has named for so long."""
        idle = SESSIONS.c.used_at < datetime.now(UTC) - longer_than
        async with self.ledger.database.read() as reading:
            found = (await reading.scalars(select(SessionRow.id).where(idle, NOBODY_RUNS).limit(100))).all()
        gone = [one for one in found if await self.ledger.change(delete(SESSIONS).where(SESSIONS.c.id == one, idle))]
        for session_id in gone:
            await self.storage.delete_prefix(session_prefix(session_id))
        if gone:
            logger.info("sessions.deleted", extra={"idle": len(gone)})
        return len(gone)

    async def _drop(self, needless: str) -> None:
        if needless.endswith("/"):
            await self.storage.delete_prefix(needless)
        elif needless:
            await self.storage.delete(needless)


def _left_with(state: Any) -> str:
    """The folder of the task that left this state, and in it what its lost attempts left; older states have none."""
    key = StoredFile.model_validate(state).key if state else ""
    folder, _, _ = key.rpartition("/")
    return f"{folder}/" if folder.count("/") == FOLDERS else key
