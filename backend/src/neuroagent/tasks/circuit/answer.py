"""An answer's table: its rows as records as far as they are shown, and all of them in a file where they are many."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from pydantic import JsonValue

from neuroagent.tasks.circuit.export import Export
from neuroagent.tasks.circuit.sql.jail import Jail, Reply
from neuroagent.tasks.circuit.sql.lines import Forged
from neuroagent.tasks.circuit.sql.question import Question


@dataclass(frozen=True)
class Most:
    """How many rows, and how many bytes of them."""

    rows: int
    bytes: int


SHOWN: Final = Most(1_000, 1_000_000)  # travels with the events of the task
EXPORTED: Final = Most(1_000_000, 256 << 20)


@dataclass(frozen=True)
class Answer:
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[dict[str, JsonValue], ...]
    row_count: int  # of the whole answer, also when fewer are shown
    truncated: bool  # more rows than are shown
    seconds: float
    rows_in_file: int = 0  # 0: all are shown, or no file was wanted


def answer(jail: Jail, question: Question, shown: Most = SHOWN, export: Export | None = None) -> Answer:
    """The export is opened once the rows are more than are shown; it stays untouched where they aren't."""
    most = EXPORTED if export else shown
    limits = replace(question.limits, rows=most.rows, bytes=most.bytes)
    with jail.ask(replace(question, limits=limits)) as reply:
        gathered = Gathered(unique(reply.heading.columns), reply.heading.types, shown, export)
        try:
            for batch in reply.batches():
                gathered.add(batch)
        finally:
            gathered.close()
        return _answer(gathered, reply)


@dataclass
class Gathered:
    """Rows as they come: the first ones to show, and from the first that doesn't fit all of them to the export."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    shown: Most
    export: Export | None
    rows: list[list[JsonValue]] = field(default_factory=list)
    bytes: int = 0
    is_full: bool = False
    rows_in_file: int = 0

    def add(self, batch: list[list[JsonValue]]) -> None:
        if self.is_full:
            self._write(batch)
            return
        fitting = self._fitting(batch)
        self.rows += batch[:fitting]
        if fitting < len(batch):
            self.is_full = True
            self._write(self.rows)
            self._write(batch[fitting:])

    def close(self) -> None:
        if self.export is not None and self.rows_in_file:
            self.export.close()

    def _fitting(self, batch: list[list[JsonValue]]) -> int:
        for number, row in enumerate(batch):
            self.bytes += len(json.dumps(row))
            if self.bytes > self.shown.bytes or len(self.rows) + number >= self.shown.rows:
                return number
        return len(batch)

    def _write(self, rows: list[list[JsonValue]]) -> None:
        if self.export is None or not rows:
            return
        if not self.rows_in_file:
            self.export.open(self.columns, self.types)
        self.export.write(rows)
        self.rows_in_file += len(rows)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """A record has each name once; the second `n` becomes `n_2`."""
    taken: list[str] = []
    for name in names:
        others = (f"{name}_{number}" for number in count(2))
        taken.append(name if name not in taken else next(other for other in others if other not in [*taken, *names]))
    return tuple(taken)


def _answer(gathered: Gathered, reply: Reply) -> Answer:
    if reply.end is None:
        raise Forged("An answer stopped before its end.")
    seen = max(gathered.rows_in_file, len(gathered.rows))
    return Answer(
        columns=gathered.columns,
        types=gathered.types,
        rows=tuple(dict(zip(gathered.columns, row, strict=True)) for row in gathered.rows),
        row_count=max(seen, reply.end.row_count or 0),
        truncated=gathered.is_full or reply.end.truncated,
        seconds=reply.end.seconds,
        rows_in_file=gathered.rows_in_file,
    )
