"""What is known of a population before anybody asks: its columns, their values, and what could not be read."""

from dataclasses import dataclass, field
from typing import Final

from neuroagent.task_schemas.circuit import (
    ColumnType,
    DescribedColumn,
    DescribedPopulation,
    DescribedValue,
    LeftOut,
    Scalar,
)

MOST_VALUES: Final = 5_000  # of one column; a column with more keeps its most frequent ones


@dataclass(frozen=True)
class ValueCount:
    value: Scalar
    count: int


@dataclass(frozen=True)
class Column:
    """A column of the one table that a question sees; `name` is unique whatever its case."""

    name: str
    type: ColumnType
    sql_type: str
    origin: str = ""
    missing: int = 0
    distinct: int | None = None  # None: too many to count
    values: tuple[ValueCount, ...] = ()  # most frequent first; those that the file declares and nobody has come last
    minimum: Scalar = None
    maximum: Scalar = None
    mean: float | None = None

    @property
    def has_all_values(self) -> bool:
        return self.distinct is not None and self.distinct == sum(value.count > 0 for value in self.values)

    def described(self, most_values: int) -> DescribedColumn:
        return DescribedColumn(
            name=self.name,
            type=self.type,
            origin=self.origin,
            missing=self.missing,
            distinct=self.distinct,
            values=tuple(DescribedValue(value=each.value, count=each.count) for each in self.values[:most_values]),
            minimum=self.minimum,
            maximum=self.maximum,
            mean=self.mean,
        )


@dataclass(frozen=True)
class Skipped:
    """Something of the file that could not be read, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Profile:
    population: str
    rows: int
    columns: tuple[Column, ...] = ()
    skipped: tuple[Skipped, ...] = field(default=())

    def column(self, name: str) -> Column | None:
        """By name, in any case: SQL doesn't tell them apart either."""
        wanted = name.casefold()
        return next((column for column in self.columns if column.name.casefold() == wanted), None)

    def described(self, most_values: int) -> DescribedPopulation:
        return DescribedPopulation(
            name=self.population,
            rows=self.rows,
            columns=tuple(column.described(most_values) for column in self.columns),
            skipped=tuple(LeftOut(what=each.what, why=each.why) for each in self.skipped),
        )
