"""One table of columns that are read when somebody asks, all at once or a stretch of rows at a time."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

import pyarrow as pa

from neuroagent.tasks.circuit.groups import Grouped
from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.values import Enumerated, Values

STRETCH: Final = 16_384  # rows: ten times less memory than all at once, and hardly slower


class Readable(Protocol):
    """Whatever comes as stretches of rows: a population of nodes, or a table that was one before."""

    @property
    def name(self) -> str: ...

    @property
    def skipped(self) -> tuple[Skipped, ...]: ...

    def origins(self) -> list[str]: ...

    def remarks(self) -> tuple[Skipped, ...]: ...

    def stretches(self, names: Collection[str] | None = None) -> Iterator[pa.Table]: ...


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Column:
    name: str
    origin: str
    values: Values


@dataclass(frozen=True)
class Table:
    name: str
    rows: int
    columns: tuple[Column, ...]
    skipped: tuple[Skipped, ...] = ()
    forget: Callable[[], None] = _nothing
    close: Callable[[], None] = _nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def only(self, names: Collection[str] | None) -> tuple[Column, ...]:
        """The columns asked for, whatever case their names are written in; all for None."""
        if names is None:
            return self.columns
        wanted = {name.casefold() for name in names}
        return tuple(column for column in self.columns if column.name.casefold() in wanted)

    def origins(self) -> list[str]:
        return [column.origin for column in self.columns]

    def remarks(self) -> tuple[Skipped, ...]:
        """What only a look at every value shows: for a profile, not for every question."""
        counts = {column.origin: _outside(column.values, self.rows) for column in self.columns}
        return tuple(
            Skipped(origin, f"{count} of its positions are not in its library")
            for origin, count in counts.items()
            if count
        )

    def whole(self, names: Collection[str] | None = None) -> pa.Table:
        """What was only looked through, and not copied, is let go column by column."""
        read = {}
        for column in self.only(names):
            read[column.name] = column.values.read(0, self.rows)
            self.forget()
        return pa.table(read)

    def stretches(self, names: Collection[str] | None = None, rows: int = STRETCH) -> Iterator[pa.Table]:
        """At least one, so that a table without rows still has its columns."""
        columns = self.only(names)
        for start in range(0, max(self.rows, 1), rows):
            yield _batch(columns, start, min(start + rows, self.rows))
            self.forget()


def _outside(values: Values, rows: int) -> int:
    match values:
        case Enumerated():
            return values.count_outside(0, rows)
        case Grouped(sources=sources, placed=placed):
            return sum(_outside(each, placed.size(number)) for number, each in sources.items())
        case _:
            return 0


def _batch(columns: tuple[Column, ...], start: int, stop: int) -> pa.Table:
    return pa.table({column.name: column.values.read(start, stop) for column in columns})
