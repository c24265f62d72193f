"""The insert of a row that somebody waits for: SQLAlchemy takes four times as long over one as SQLite does."""

import sqlite3
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from neuroagent.app.db.sqlite import driver_of


class Insert:
    """Into one table; every column that has no value stays empty."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._statement = insert(table)

    def __call__(self, connection: Connection, values: Mapping[str, Any]) -> None:
        if connection.dialect.name != "sqlite":
            known = {name: values[name] for name, _ in self._in_sqlite[1] if values.get(name) is not None}
            connection.execute(self._statement, known)
            return
        text, columns = self._in_sqlite
        given = [write(values.get(name)) if write else values.get(name) for name, write in columns]
        try:
            driver_of(connection).execute(text, given)
        except sqlite3.Error as trouble:
            raise DBAPIError.instance(text, None, trouble, sqlite3.Error) from trouble

    @cached_property
    def _in_sqlite(self) -> tuple[str, list[tuple[str, Any]]]:
        """The statement, and how each column is written down: both are SQLAlchemy's own."""
        dialect = sqlite.dialect()
        columns = [(one.name, one.type.dialect_impl(dialect).bind_processor(dialect)) for one in self._table.columns]
        return str(self._statement.compile(dialect=dialect)), columns
