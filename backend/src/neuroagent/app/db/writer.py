"""One writer for a process: what is asked for while it is busy is committed together, in the order it was asked for."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.db.database import Database, tune_sqlite

T = TypeVar("T")
Operation = Callable[[Connection], T]
MOST_AT_ONCE: Final = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Wish:
    operation: Operation[Any]
    granted: "asyncio.Future[Any]"


class Writer:
    """SQLite is written by one thread over one connection: an async driver's hops cost more than the write itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wishes: list[_Wish] = []
        self._draining: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "ledger")

    async def write(self, operation: Operation[T]) -> T:
        """Do it in a transaction, and come back when it is committed."""
        return await self._wish(operation)  # type: ignore[no-any-return]  # the operation's own answer

    def write_soon(self, operation: Operation[Any]) -> None:
        """Nobody waits for it; if the database is away, the reconciler finds out."""
        self._wish(operation).add_done_callback(_log_trouble)

    async def close(self) -> None:
        while self._draining is not None:
            await asyncio.wait([self._draining])
        self._thread.shutdown()
        if self._database.is_sqlite:
            self._sqlite.dispose()

    def _wish(self, operation: Operation[Any]) -> "asyncio.Future[Any]":
        granted: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._wishes.append(_Wish(operation, granted))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return granted

    async def _drain(self) -> None:
        try:
            while self._wishes:
                batch, self._wishes = self._wishes[:MOST_AT_ONCE], self._wishes[MOST_AT_ONCE:]
                await self._grant(batch)
        finally:
            self._draining = None

    async def _grant(self, batch: Sequence[_Wish]) -> None:
        """All in one transaction; if one of them fails, each in its own, so that the others don't suffer."""
        try:
            answers = await self._commit([wish.operation for wish in batch])
        except SQLAlchemyError as trouble:
            if len(batch) == 1:
                _refuse(batch[0], trouble)
                return
            for wish in batch:
                await self._grant([wish])
            return
        for wish, answer in zip(batch, answers, strict=True):
            if not wish.granted.done():
                wish.granted.set_result(answer)

    async def _commit(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        if self._database.is_sqlite:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._commit_sqlite, operations)
        async with self._database.engine.begin() as connection:
            return await connection.run_sync(_done, operations)

    def _commit_sqlite(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        with self._sqlite.begin() as connection:
            return _done(connection, operations)

    @cached_property
    def _sqlite(self) -> Engine:
        url = self._database.engine.url.set(drivername="sqlite")
        engine = create_engine(url, hide_parameters=True, execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})
        tune_sqlite(engine)
        return engine


def _done(connection: Connection, operations: Sequence[Operation[Any]]) -> list[Any]:
    return [operation(connection) for operation in operations]


def _refuse(wish: _Wish, trouble: SQLAlchemyError) -> None:
    if not wish.granted.done():
        wish.granted.set_exception(trouble)


def _log_trouble(granted: "asyncio.Future[Any]") -> None:
    if not granted.cancelled() and (trouble := granted.exception()):
        logger.warning("ledger.away", extra={"reason": str(trouble)})
