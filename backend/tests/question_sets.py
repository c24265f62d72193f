"""The sets of questions with what answers them, and the generated tables they are about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import duckdb

from neuroagent.task_schemas.circuit import ColumnType
from neuroagent.tasks.circuit.profile import Column, Profile, ValueCount
from neuroagent.tasks.circuit.question.index import Index

FOLDER: Final = Path(__file__).resolve().parent.parent / "benchmarks" / "question_sets"
TYPES: Final[dict[str, ColumnType]] = {
    "VARCHAR": "text",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "time",
}
POPULATIONS: Final = {"neurons": "S1nonbarrel_neurons", "ca1": "hippocampus_neurons"}
MOST_VALUES: Final = 5_000
MOST_DISTINCT: Final = 200
Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Question:
    text: str
    table: str
    is_hard: bool
    answers: tuple[str, ...]  # SQL; none where nothing in the table answers it


@dataclass(frozen=True)
class Table:
    connection: duckdb.DuckDBPyConnection
    index: Index

    def rows(self, sql: str) -> Rows:
        return self.connection.execute(sql).fetchall()


def questions(name: str, table: str) -> Iterator[Question]:
    """`@table` and `= hard` hold for what follows; an indented line is an answer to the question above it."""
    is_hard, text, answers = False, "", list[str]()
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            answers.append(line.strip())
            continue
        if text:
            yield Question(text, table, is_hard, tuple(answers))
        text, answers = "", []
        if line.startswith("@"):
            table, is_hard = line[1:], False
        elif line.startswith("="):
            is_hard = True
        elif line and not line.startswith("#"):
            text = line
    if text:
        yield Question(text, table, is_hard, tuple(answers))


@cache
def table(name: str) -> Table:
    connection = duckdb.connect()
    connection.execute((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    connection.execute("ALTER TABLE t RENAME TO neurons")
    connection.execute("CREATE VIEW t AS SELECT * FROM neurons")
    return Table(connection, Index(profile(connection, POPULATIONS.get(name, name)), {}))


def profile(connection: duckdb.DuckDBPyConnection, population: str) -> Profile:
    described = connection.execute("DESCRIBE neurons").fetchall()
    row = connection.execute("SELECT count(*) FROM neurons").fetchone()
    assert row is not None
    return Profile(population, row[0], tuple(_column(connection, name, sql_type) for name, sql_type, *_ in described))


def _column(connection: duckdb.DuckDBPyConnection, name: str, sql_type: str) -> Column:
    quoted = '"' + name.replace('"', '""') + '"'
    figures = f"count(*) - count({quoted}), count(DISTINCT {quoted}), min({quoted}), max({quoted})"
    row = connection.execute(f"SELECT {figures} FROM neurons").fetchone()
    assert row is not None
    missing, distinct, low, high = row
    kind: ColumnType = "number" if sql_type.startswith("DECIMAL") else TYPES[sql_type]
    there = f"SELECT {quoted} AS value FROM neurons WHERE {quoted} IS NOT NULL"
    counted = f"SELECT value, count(*) FROM ({there}) GROUP BY value ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}"
    values = connection.execute(counted).fetchall() if kind == "text" or distinct <= MOST_DISTINCT else []
    return Column(
        name,
        kind,
        sql_type,
        missing=missing,
        distinct=distinct,
        values=tuple(ValueCount(_scalar(value), count) for value, count in values),
        minimum=_scalar(low, kind),
        maximum=_scalar(high, kind),
    )


def _scalar(value: Any, kind: str = "") -> Any:
    if kind == "number" and value is not None:
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def is_same(ours: Rows, theirs: Rows) -> bool:
    """The same rows in any order; beside the wanted columns there may be others, as the count that ranked them."""
    if len(ours) != len(theirs):
        return False
    mine, wanted = (
        [[_plain(cell) for cell in column] for column in zip(*rows, strict=True)] for rows in (ours, theirs)
    )
    candidates = [[i for i, column in enumerate(mine) if sorted(column) == sorted(each)] for each in wanted]
    rows = sorted(zip(*wanted, strict=True))
    return any(
        sorted(zip(*(mine[place] for place in places), strict=True)) == rows
        for places in product(*candidates)
        if len(set(places)) == len(places)
    )


def _plain(cell: Any) -> str:
    """Numbers to six digits, whatever type they came in."""
    if isinstance(cell, bool) or cell is None:
        return str(cell)
    try:
        return f"{float(cell):.6g}"
    except (TypeError, ValueError):
        return str(cell)
