"""SQLite's writing side: a commit takes a tenth of a millisecond, so it is done where it is asked for."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

BUSY_SECONDS: Final = 30
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
        try:
            with self._eager.begin():
                done = [operation(self._eager) for operation in operations]
        except OperationalError as trouble:
            if "locked" in str(trouble.orig):
                raise Taken from trouble
            raise
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
            _driver(connection).execute("PRAGMA wal_checkpoint(PASSIVE)")

    @cached_property
    def _eager(self) -> Connection:
        connection = self._engine.connect()
        _driver(connection).execute("PRAGMA busy_timeout = 0")
        _driver(connection).execute("PRAGMA wal_autocheckpoint = 0")
        return connection

    @cached_property
    def _engine(self) -> Engine:
        engine = create_engine(self._url, hide_parameters=True, execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})
        tune_sqlite(engine)
        return engine


def _driver(connection: Connection) -> Any:
    """A PRAGMA is no part of a transaction."""
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
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
