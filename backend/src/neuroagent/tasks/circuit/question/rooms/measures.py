"""What is counted or computed: how many, average of x, min and max, distinct values, correlations, percentiles."""

from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.items import Items, Rule, first, has, merge, pick
from neuroagent.tasks.circuit.question.rooms.comparisons import of
from neuroagent.tasks.circuit.question.tree import Aggregate, Expression, Field

NUMERIC: Final = "(num|int)"
LIST: Final = f"{NUMERIC} ((comma|and)+ {NUMERIC})*"
AGGREGATES: Final = "agg ((comma|and|both|slash)+ agg)*"
TWO: Final = 2
COUNT: Final = Aggregate("count")
OUTER: Final = frozenset({"avg", "median", "stddev", "variance", "min", "max"})
DATED: Final = frozenset({"min", "max"})


def aggregate(name: str | tuple[str, float], column: Column | Expression) -> Aggregate:
    """A percentile comes with its level."""
    expression = of(column)
    return Aggregate(name, expression) if isinstance(name, str) else Aggregate(name[0], expression, level=name[1])


def _measured(items: Items) -> Items:
    columns = pick(items, "num", "int", "time")
    measures = tuple(aggregate(name, column) for column in columns for name in pick(items, "agg"))
    return merge(items, "measure", measures)


def _dated(items: Items) -> Items | None:
    return _measured(items) if set(pick(items, "agg")) <= DATED else None


def _percentile(items: Items) -> Items | None:
    level = first(items, "ordinal", "number")
    return merge(items, "agg", ("quantile", level / 100)) if 0 <= level <= 100 else None  # noqa: PLR2004 - percent


def _quartile(items: Items) -> Items | None:
    """`first` is a word of limits elsewhere."""
    number = {"limit": 1, "low": 1, "high": 3}.get(items[0].kind, items[0].value)
    return merge(items, "agg", ("quantile", number / 4)) if number in {1, 2, 3} else None


def _distinct(items: Items) -> Items:
    columns = pick(items, "cat", "int", "time", "idc", "num")
    return merge(items, "measure", tuple(Aggregate("distinct", Field(column.name)) for column in columns))


def _correlation(items: Items) -> Items:
    one, other = (of(column) for column in pick(items, "num", "int"))
    return merge(items, "measure", (Aggregate("corr", one, other=other),))


def _correlated(items: Items) -> Items | None:
    """Of two, wherever they stand."""
    return _correlation(items) if len(pick(items, "int", "num")) == TWO else None


def _outer(items: Items) -> Items | None:
    """`the average number of cells per layer`: a figure of figures."""
    if items[0].value not in OUTER:
        return None
    return [items[0].become("outer", items[0].value), items[-1]]


def _extreme_of(items: Items) -> Items | None:
    """`the maximum average y` of groups; `the average number of m-types per layer`."""
    if items[0].value in OUTER - {"max", "min"} and first(items, "measure")[0].function == "distinct":
        return _outer(items)
    degree = {"max": "high", "min": "low"}.get(str(items[0].value))
    return [items[0].become(degree), items[1]] if degree else None


def _with_count(items: Items) -> Items:
    """`mean height and count`."""
    return merge(items, "measure", (*pick(items, "measure")[0], COUNT))


RULES: Final = (
    Rule("agg of? count of? (int|num)", lambda items: [items[0], items[-1]]),  # the mean number of spikes is theirs
    Rule("(ordinal|number) unit? percentile", _percentile),
    Rule("(ordinal|limit|high|low) quartile", _quartile),
    Rule("(be|list)* correlation (of|between|in)? (ent of)? (int|num) (and|with|to|comma)+ (int|num)", _correlation),
    Rule(
        "(int|num) (be|and)* (int|num)? correlation (and|with|to|of)* (int|num)?",
        _correlated,
    ),
    Rule(f"{AGGREGATES} (of|in)? {LIST}", _measured),
    Rule("agg (of|in)? time", _dated),
    Rule("agg (count|(of? ent))", lambda items: merge(items, "count", None) if first(items, "agg") == "sum" else None),
    Rule(f"(num|int) {AGGREGATES}(?!of? (num|int))", _measured),
    Rule(
        "(count|distinct) distinct? (of|ent)? (cat|int|time|idc)((and|comma)+ (of|distinct)* (cat|int))*",
        lambda items: _distinct(items) if has(items, "count") else None,
    ),
    Rule("distinct (cat|int) count", _distinct),
    Rule("agg of? count", _outer),
    Rule("agg measure", _extreme_of),
    Rule("measure (and|comma)+ count", _with_count),
    Rule(
        "measure (versus|and|comma)+ measure",
        lambda items: merge(items, "measure", tuple(m for each in pick(items, "measure") for m in each)),
    ),
)
