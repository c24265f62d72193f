"""SQLite's writing side: a commit takes a tenth of a millisecond, so it is done where it is asked for."""

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_SECONDS: Final = 30
AT_ONCE: Final = "BEGIN IMMEDIATE"  # the lock is taken now, and not half-way through
BETWEEN_CHECKPOINTS: Final = 500  # commits

T = TypeVar("T")
Operation = Callable[[Connection], T]


class Taken(Exception):
    """Somebody else is writing at this moment."""


def tune_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)


class SqliteWriter:
    """One connection that never waits, for the event loop, and one that does, for a thread.

    Moving the log into the database file is the one slow part of a commit: it is left to the thread.
    """

    def __init__(self, url: Any) -> None:
        self._url = url
        self._commits = 0
        self._thread = ThreadPoolExecutor(1, "sqlite")

    def at_once(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        """What each came to, all in one transaction; Taken if that would mean to wait for another writer."""
        driver = driver_of(self._eager)  # a transaction of SQLAlchemy's costs more than all that happens in it
        try:
            driver.execute(AT_ONCE)
            done = [operation(self._eager) for operation in operations]
            driver.commit()
        except sqlite3.OperationalError as trouble:
            raise Taken from trouble
        finally:
            driver.rollback()  # of what failed; after a commit there is nothing to take back
            self._eager.rollback()
        self._commits += 1
        if self._commits % BETWEEN_CHECKPOINTS == 0:
            self._thread.submit(self._move_the_log)
        return done

    def patiently(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        """The same in a thread, waiting for the other to finish."""
        with self._engine.begin() as connection:
            return [operation(connection) for operation in operations]

    @property
    def thread(self) -> ThreadPoolExecutor:
        return self._thread

    def close(self) -> None:
        self._thread.shutdown()
        if "_eager" in self.__dict__:
            self._eager.close()
        self._engine.dispose()

    def _move_the_log(self) -> None:
        with self._engine.connect() as connection:
            driver_of(connection).execute("PRAGMA wal_checkpoint(PASSIVE)")

    @cached_property
    def _eager(self) -> Connection:
        connection = self._engine.connect().execution_options(sqlite_begin=None)  # `at_once` says when
        driver_of(connection).execute("PRAGMA busy_timeout = 0")
        driver_of(connection).execute("PRAGMA wal_autocheckpoint = 0")
        return connection

    @cached_property
    def _engine(self) -> Engine:
        engine = create_engine(self._url, hide_parameters=True, execution_options={"sqlite_begin": AT_ONCE})
        tune_sqlite(engine)
        return engine


def driver_of(connection: Connection) -> Any:
    """SQLite's own connection: what is said to it is no part of a transaction of SQLAlchemy's."""
    return connection.connection.driver_connection


def _tune(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver leaves BEGIN to us
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    if how := connection.get_execution_options().get("sqlite_begin", "BEGIN"):
        connection.exec_driver_sql(how)
