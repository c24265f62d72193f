"""A question as a tree: of which rows, in which groups, what is counted or measured, in which order, how many."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Literal_ = str | int | float | bool | date
Operator = Literal["<", "<=", "=", "<>", ">=", ">"]


@dataclass(frozen=True)
class Field:
    """A column's own value."""

    column: str


@dataclass(frozen=True)
class Centroid:
    """The mean position of all rows, or of those that fulfil the condition."""

    where: "Condition | None" = None


@dataclass(frozen=True)
class Distance:
    """From the soma, or whatever has a position, to a point."""

    axes: tuple[str, ...]
    point: tuple[float, ...] | Centroid


@dataclass(frozen=True)
class Bin:
    """The lower end of the step that a value falls into; with a count the highest value is in the last one."""

    of: "Expression"
    width: float
    start: float = 0
    count: int | None = None


@dataclass(frozen=True)
class DatePart:
    column: str
    part: Literal["year", "quarter", "month", "week", "day", "decade"]


Expression = Field | Distance | Bin | DatePart


@dataclass(frozen=True)
class OneOf:
    column: str
    values: tuple[Literal_, ...]


@dataclass(frozen=True)
class Compare:
    left: Expression
    operator: Operator
    right: "Literal_ | Aggregate"


@dataclass(frozen=True)
class Between:
    left: Expression
    low: Literal_
    high: Literal_


@dataclass(frozen=True)
class Missing:
    column: str


@dataclass(frozen=True)
class Matches:
    column: str
    how: Literal["starts", "ends", "contains"]
    text: str


@dataclass(frozen=True)
class Not:
    of: "Condition"


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


Condition = OneOf | Compare | Between | Missing | Matches | Not | AllOf | AnyOf


@dataclass(frozen=True)
class Aggregate:
    """A figure of many rows; `count` of nothing counts the rows."""

    function: str
    of: Expression | None = None
    where: Condition | None = None
    other: Expression | None = None  # of a correlation
    level: float | None = None  # of a quantile


@dataclass(frozen=True)
class Share:
    """The rows for which the part holds, in percent of the group's."""

    part: Condition


@dataclass(frozen=True)
class GroupShare:
    """A group's rows in percent of all, or of those with the same `within`."""

    within: tuple[Expression, ...] = ()
    of: Aggregate = Aggregate("count")


@dataclass(frozen=True)
class Ratio:
    first: Aggregate
    second: Aggregate


@dataclass(frozen=True)
class Difference:
    first: Aggregate
    second: Aggregate


Measure = Aggregate | Share | GroupShare | Ratio | Difference


@dataclass(frozen=True)
class Having:
    measure: Measure
    operator: Operator
    right: float | Measure


@dataclass(frozen=True)
class OnlyWhere:
    """Groups all of whose rows fulfil the condition."""

    condition: Condition


@dataclass(frozen=True)
class Order:
    by: Expression | Measure
    descending: bool = False


@dataclass(frozen=True)
class Best:
    """The first so many of each group."""

    count: int
    per: tuple[Expression, ...]
    first: int = 1


@dataclass(frozen=True)
class Query:
    """`keys` alone are the distinct values; without keys and measures the rows themselves are shown."""

    keys: tuple[Expression, ...] = ()
    measures: tuple[Measure, ...] = ()
    shown: tuple[Expression, ...] = ()  # of rows; none: every column
    where: Condition | None = None
    having: tuple[Having | OnlyWhere, ...] = ()
    order: tuple[Order, ...] = ()
    best: Best | None = None
    limit: int | None = None
    offset: int = 0
    outer: str | None = None  # a figure of all the groups: the average count; or how many groups there are


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """The two at once; either may be nothing."""
    if first is None or second is None:
        return first or second
    parts = [part for each in (first, second) for part in (each.parts if isinstance(each, AllOf) else (each,))]
    return AllOf(tuple(dict.fromkeys(parts)))
