"""One writer for a process: what is asked for while it is busy is committed together."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from neuroagent.app.db.database import Database
from neuroagent.app.db.sqlite import Operation, SqliteWriter

T = TypeVar("T")
MOST_AT_ONCE: Final = 100
SOON: Final = 0.02  # seconds: what nobody waits for keeps out of the way of what somebody does

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Wish:
    operation: Operation[Any]
    granted: "asyncio.Future[Any]"


class Writer:
    """Every write of the ledger, in the order in which it was asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sqlite = SqliteWriter(database.engine.url.set(drivername="sqlite")) if database.is_sqlite else None
        self._wishes: list[_Wish] = []
        self._later: list[_Wish] = []
        self._busy: asyncio.Task[None] | None = None

    async def write(self, operation: Operation[T]) -> T:
        """Do it in a transaction, and come back when it is committed."""
        return await self._wish(operation, self._wishes)  # type: ignore[no-any-return]  # the operation's own answer

    def write_soon(self, operation: Operation[Any]) -> None:
        """Nobody waits for it; if the database is away, the reconciler finds out."""
        self._wish(operation, self._later).add_done_callback(_log_trouble)

    async def close(self) -> None:
        self._now()
        while self._busy is not None:
            await asyncio.wait([self._busy])
        if self._sqlite is not None:
            self._sqlite.close()

    def _wish(self, operation: Operation[Any], wishes: list[_Wish]) -> "asyncio.Future[Any]":
        loop = asyncio.get_running_loop()
        wish = _Wish(operation, loop.create_future())
        wishes.append(wish)
        if wishes is self._wishes:
            self._go_on()
        elif len(wishes) == 1:
            loop.call_later(SOON, self._now)
        return wish.granted

    def _now(self) -> None:
        self._wishes += self._later
        self._later.clear()
        self._go_on()

    def _go_on(self) -> None:
        if self._busy is None and self._wishes and not self._done_at_once():
            self._busy = asyncio.create_task(self._drain())

    def _done_at_once(self) -> bool:
        """A few writes to a file that nobody else is writing are done before anybody could be told to wait."""
        if self._sqlite is None or len(self._wishes) > MOST_AT_ONCE:
            return False
        try:
            answers = self._sqlite.at_once([wish.operation for wish in self._wishes])
        except Exception:  # noqa: BLE001 - it is done again, each alone, and whoever asked hears what is wrong
            return False
        batch, self._wishes[:] = tuple(self._wishes), ()
        _grant(batch, answers)
        return True

    async def _drain(self) -> None:
        while self._wishes:
            batch = tuple(self._wishes[:MOST_AT_ONCE])
            del self._wishes[:MOST_AT_ONCE]
            await self._commit(batch)
        self._busy = None

    async def _commit(self, batch: Sequence[_Wish]) -> None:
        """All in one transaction; if one of them fails, each in its own, so that the others don't suffer."""
        try:
            answers = await self._transaction([wish.operation for wish in batch])
        except Exception as trouble:  # noqa: BLE001 - an operation's own trouble, whatever it is, is its asker's
            if len(batch) == 1:
                _refuse(batch[0], trouble)
                return
            for wish in batch:
                await self._commit([wish])
            return
        _grant(batch, answers)

    async def _transaction(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        if self._sqlite is not None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._sqlite.thread, self._sqlite.patiently, operations)
        async with self._database.engine.begin() as connection:
            return await connection.run_sync(_all_of, operations)


def _all_of(connection: Connection, operations: Sequence[Operation[Any]]) -> list[Any]:
    return [operation(connection) for operation in operations]


def _grant(batch: Sequence[_Wish], answers: Sequence[Any]) -> None:
    for wish, answer in zip(batch, answers, strict=True):
        if not wish.granted.done():  # who asked may be gone
            wish.granted.set_result(answer)


def _refuse(wish: _Wish, trouble: Exception) -> None:
    if not wish.granted.done():
        wish.granted.set_exception(trouble)


def _log_trouble(granted: "asyncio.Future[Any]") -> None:
    if not granted.cancelled() and (trouble := granted.exception()):
        logger.warning("ledger.away", extra={"reason": str(trouble)})
