"""The insert of a row that somebody waits for: SQLAlchemy takes four times as long over one as SQLite does."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from sqlalchemy import Column, Connection, Dialect, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from neuroagent.app.db.sqlite import driver_of


class Insert:
    """Into one table; a column that has no value gets its default, or stays empty."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._statement = insert(table)

    def __call__(self, connection: Connection, values: Mapping[str, Any]) -> None:
        if connection.dialect.name != "sqlite":
            given = {column.name: values[column.name] for column in self._table.columns if column.name in values}
            connection.execute(self._statement, given)
            return
        text, columns = self._in_sqlite
        row = [values.get(column.name, column.default) for column in columns]
        written = [one.write(value) if one.write else value for one, value in zip(columns, row, strict=True)]
        try:
            driver_of(connection).execute(text, written)
        except sqlite3.Error as trouble:
            raise DBAPIError.instance(text, None, trouble, sqlite3.Error) from trouble

    @cached_property
    def _in_sqlite(self) -> "tuple[str, list[_Column]]":
        """The statement, and how each column is written down: both are SQLAlchemy's own."""
        dialect = sqlite.dialect()
        columns = [_Column.of(column, dialect) for column in self._table.columns]
        return str(self._statement.compile(dialect=dialect)), columns


@dataclass(frozen=True)
class _Column:
    name: str
    write: Callable[[Any], Any] | None
    default: Any

    @classmethod
    def of(cls, column: Column[Any], dialect: Dialect) -> Self:
        default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        return cls(column.name, column.type.dialect_impl(dialect).bind_processor(dialect), default)
