"""An answer on its way out of the child: a line for the columns, lines of rows, a line for the end."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

import duckdb

from neuroagent.tasks.circuit.sql.cells import cell, text
from neuroagent.tasks.circuit.sql.engine import Engine
from neuroagent.tasks.circuit.sql.question import Limits, Question

AT_ONCE: Final = 256  # rows: what is asked of the engine at a time, as it may make them as they are asked for
LONGEST_NAME: Final = 200

Send = Callable[[dict[str, Any]], None]


def encoded(line: dict[str, Any]) -> bytes:
    written = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return written.encode("utf-8", errors="replace") + b"\n"


@dataclass
class Room:
    """How much of the answer still goes out."""

    limits: Limits
    rows: int = field(init=False)
    bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.rows, self.bytes = self.limits.rows, self.limits.bytes

    @property
    def is_full(self) -> bool:
        return self.rows <= 0 or self.bytes <= 0


def reply(engine: Engine, sql: str, question: Question, send: Send) -> None:
    started = perf_counter()
    result = engine.execute(sql)
    limits = question.limits
    described = (result.description or [])[: limits.columns]
    send({"columns": [text(column[0], LONGEST_NAME) for column in described], "types": [str(c[1]) for c in described]})
    rows, is_whole = _send_rows(result, len(described), Room(limits), send)
    total = rows if is_whole else _count(engine, sql)
    send({"row_count": total, "truncated": not is_whole, "seconds": round(perf_counter() - started, 6)})


def _send_rows(result: Engine, columns: int, room: Room, send: Send) -> tuple[int, bool]:
    sent = 0
    while rows := result.fetchmany(AT_ONCE):
        fitting = list(_fitting(rows, columns, room))
        if fitting:
            send({"rows": fitting})
        sent += len(fitting)
        if len(fitting) < len(rows):
            return sent, False
    return sent, True


def _fitting(rows: list[Any], columns: int, room: Room) -> Iterator[list[Any]]:
    for row in rows:
        if room.is_full:
            return
        kept = [cell(value, room.limits.cell) for value in row[:columns]]
        room.bytes -= len(encoded({"": kept}))
        if room.bytes < 0:
            return
        room.rows -= 1
        yield kept


def _count(engine: Engine, sql: str) -> int | None:
    """None where counting takes too much; the rows that were sent stand all the same."""
    try:
        counted = engine.execute(f"SELECT count(*) FROM (\n{sql}\n)").fetchone()  # noqa: S608 - was checked before
    except duckdb.Error:
        return None
    return int(counted[0]) if counted else None
