"""A query tree as SQL over one table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from neuroagent.tasks.circuit.question import tree

TABLE: Final = "neurons"
LIKE: Final = {"starts": "{}%", "ends": "%{}", "contains": "%{}%"}
PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_reserved = """
all and any as asc case cast check collate column create default desc distinct do else end except false fetch
for foreign from grant group having in initially intersect into lateral leading limit not null offset on only
or order pivot placing primary qualify references returning select show some summarize symmetric table then to
trailing true union unique unpivot using variadic when where window with
"""
RESERVED: Final = frozenset(_reserved.split())
FUNCTIONS: Final = {"avg": "avg", "min": "min", "max": "max", "sum": "sum", "median": "median", "mode": "mode"}
LABELS: Final[dict[type, str]] = {
    tree.Distance: "distance",
    tree.Share: "percent",
    tree.GroupShare: "percent",
    tree.Ratio: "ratio",
    tree.Difference: "difference",
}
FUNCTIONS_OF_SPREAD: Final = {"stddev": "stddev_samp", "variance": "var_samp"}


def write(query: tree.Query) -> str:
    inner = "\n".join(_clauses(query))
    return inner if query.outer is None else _around(inner, query.outer, query)


def _around(inner: str, outer: str, query: tree.Query) -> str:
    """A figure of the groups, once they are there."""
    if outer == "count":
        return f"SELECT count(*) AS count\nFROM (\n{inner}\n)"
    of = name(label(query.measures[0]))
    function = (FUNCTIONS | FUNCTIONS_OF_SPREAD)[outer]
    return f"SELECT {function}({of}) AS {name(f'{outer}_{label(query.measures[0])}')}\nFROM (\n{inner}\n)"


def _clauses(query: tree.Query) -> Iterator[str]:
    distinct = "DISTINCT " if query.keys and not query.measures and not _is_grouped(query) else ""
    yield f"SELECT {distinct}{', '.join(_columns(query)) or '*'}"
    yield f"FROM {TABLE}"
    if query.where is not None:
        yield f"WHERE {condition(query.where)}"
    if query.keys and not distinct:
        yield f"GROUP BY {', '.join(expression(key) for key in query.keys)}"
    if query.having:
        yield from _having(query)
    if query.best is not None:
        yield f"QUALIFY {_best(query, query.best)}"
    if query.order:
        per = tuple(tree.Order(each) for each in query.best.per) if query.best else ()
        yield f"ORDER BY {', '.join(_order((*per, *query.order), query.keys))}"
    if query.limit is not None:
        yield f"LIMIT {query.limit}" + (f" OFFSET {query.offset}" if query.offset else "")


def _is_grouped(query: tree.Query) -> bool:
    return bool(query.having) or query.best is not None or any(_is_measure(order.by) for order in query.order)


def _is_measure(by: tree.Expression | tree.Measure) -> bool:
    return isinstance(by, tree.Measure)


def _columns(query: tree.Query) -> Iterator[str]:
    """No two of the answer's columns are called the same."""
    shown: list[tree.Expression | tree.Measure] = [*query.keys, *query.measures] or [*query.shown]
    taken: Counter[str] = Counter()
    for each in shown:
        called = label(each)
        taken[called] += 1
        as_name = called if taken[called] == 1 else f"{called}_{taken[called]}"
        yield _named(measure(each) if isinstance(each, tree.Measure) else expression(each), as_name)


def _named(written: str, as_name: str) -> str:
    return written if written == name(as_name) else f"{written} AS {name(as_name)}"


def _having(query: tree.Query) -> Iterator[str]:
    """A share of a group is known only once all groups are, and so is filtered after the grouping."""
    plain = [each for each in query.having if not _is_late(each)]
    late = [each for each in query.having if _is_late(each)]
    if plain:
        yield f"HAVING {' AND '.join(_held(each) for each in plain)}"
    if late:
        yield f"QUALIFY {' AND '.join(_held(each) for each in late)}"


def _is_late(having: tree.Having | tree.OnlyWhere) -> bool:
    return isinstance(having, tree.Having) and isinstance(having.measure, tree.GroupShare)


def _held(having: tree.Having | tree.OnlyWhere) -> str:
    if isinstance(having, tree.OnlyWhere) and isinstance(having.condition, tree.Not):
        return f"NOT bool_or(coalesce({condition(having.condition.of)}, false))"
    if isinstance(having, tree.OnlyWhere):
        return f"bool_and(coalesce({condition(having.condition)}, false))"
    right = literal(having.right) if isinstance(having.right, int | float) else measure(having.right)
    return f"{measure(having.measure)} {having.operator} {right}"


def _best(query: tree.Query, best: tree.Best) -> str:
    inner = ", ".join(expression(each) for each in best.per)
    window = f"row_number() OVER (PARTITION BY {inner} ORDER BY {', '.join(_order(query.order, query.keys))})"
    last = best.first + best.count - 1
    return f"{window} <= {last}" if best.first == 1 else f"{window} BETWEEN {best.first} AND {last}"


def _order(order: Iterable[tree.Order], keys: Iterable[tree.Expression]) -> Iterator[str]:
    """The keys come last, so that the same question always gets the same answer."""
    by = [each.by for each in order]
    for each in order:
        written = measure(each.by) if isinstance(each.by, tree.Measure) else expression(each.by)
        yield f"{written} DESC NULLS LAST" if each.descending else f"{written} NULLS LAST"
    yield from (expression(key) for key in keys if key not in by)


def measure(measured: tree.Measure) -> str:
    match measured:
        case tree.Aggregate():
            return _aggregate(measured)
        case tree.Share(part):
            return f"100.0 * count(*) FILTER (WHERE {condition(part)}) / count(*)"
        case tree.GroupShare(within, of):
            over = f"PARTITION BY {', '.join(expression(each) for each in within)}" if within else ""
            return f"100.0 * {_aggregate(of)} / sum({_aggregate(of)}) OVER ({over})"
        case tree.Ratio(first, second):
            return f"1.0 * {_aggregate(first)} / nullif({_aggregate(second)}, 0)"
        case tree.Difference(first, second):
            return f"{_aggregate(first)} - {_aggregate(second)}"


def _aggregate(of: tree.Aggregate) -> str:
    tail = f" FILTER (WHERE {condition(of.where)})" if of.where is not None else ""
    inner = expression(of.of) if of.of is not None else "*"
    if of.function == "corr" and of.other is not None:
        return f"corr({inner}, {expression(of.other)}){tail}"
    if of.function == "quantile":
        return f"quantile_cont({inner}, {literal(of.level or 0.0)}){tail}"
    if of.function == "range":
        return f"(max({inner}){tail} - min({inner}){tail})"
    if of.function == "distinct":
        return f"count(DISTINCT {inner}){tail}"
    return f"{({'count': 'count'} | FUNCTIONS | FUNCTIONS_OF_SPREAD)[of.function]}({inner}){tail}"


def expression(of: tree.Expression) -> str:
    match of:
        case tree.Field(column):
            return name(column)
        case tree.Distance(axes, point):
            return f"sqrt({' + '.join(_squares(axes, point))})"
        case tree.Bin(inner, width, start, int(count)):
            step = f"floor(({expression(inner)} - {literal(start)}) / {literal(width)})"
            return f"{literal(start)} + {literal(width)} * least({step}, {count - 1})"
        case tree.Bin(inner, width):
            return f"floor({expression(inner)} / {literal(width)}) * {literal(width)}"
        case tree.DatePart(column, "year"):
            return f"year({name(column)})"
        case tree.DatePart(column, part):
            return f"date_trunc('{part}', {name(column)})"


def _squares(axes: tuple[str, ...], point: tuple[float, ...] | tree.Centroid) -> Iterator[str]:
    if isinstance(point, tree.Centroid):
        yield from (f"({name(axis)} - {_mean(axis, point)}) ** 2" for axis in axes)
        return
    for axis, at in zip(axes, point, strict=True):
        yield f"({name(axis)} - {literal(at)}) ** 2" if at >= 0 else f"({name(axis)} + {literal(-at)}) ** 2"


def _mean(axis: str, of: tree.Centroid) -> str:
    kept = f" WHERE {condition(of.where)}" if of.where is not None else ""
    return f"(SELECT avg({name(axis)}) FROM {TABLE}{kept})"  # noqa: S608 - written by this module, out of a tree


def condition(of: tree.Condition) -> str:
    match of:
        case tree.Not(inner):
            return _negation(inner)
        case tree.AllOf(parts):
            return " AND ".join(f"({condition(p)})" if isinstance(p, tree.AnyOf) else condition(p) for p in parts)
        case tree.AnyOf(parts):
            return " OR ".join(f"({condition(p)})" if isinstance(p, tree.AllOf) else condition(p) for p in parts)
        case tree.Compare() | tree.Between():
            return _comparison(of)
    return _of_column(of)


def _comparison(of: tree.Compare | tree.Between) -> str:
    if isinstance(of, tree.Between):
        return f"{expression(of.left)} BETWEEN {literal(of.low)} AND {literal(of.high)}"
    right = _of_all(of.right) if isinstance(of.right, tree.Aggregate) else literal(of.right)
    return f"{expression(of.left)} {of.operator} {right}"


def _of_all(figure: tree.Aggregate) -> str:
    return f"(SELECT {measure(figure)} FROM {TABLE})"  # noqa: S608 - written by this module, out of a tree


def _of_column(of: tree.OneOf | tree.Missing | tree.Matches) -> str:
    match of:
        case tree.OneOf(column, (value,)):
            return f"{name(column)} = {literal(value)}"
        case tree.OneOf(column, values):
            return f"{name(column)} IN ({', '.join(literal(value) for value in values)})"
        case tree.Missing(column):
            return f"{name(column)} IS NULL"
        case tree.Matches(column, how, text):
            return f"{name(column)} ILIKE {literal(LIKE[how].format(_unwild(text)))} ESCAPE '\\'"


def _negation(inner: tree.Condition) -> str:
    match inner:
        case tree.OneOf(column, (value,)):
            return f"{name(column)} <> {literal(value)}"
        case tree.OneOf(column, values):
            return f"{name(column)} NOT IN ({', '.join(literal(value) for value in values)})"
        case tree.Missing(column):
            return f"{name(column)} IS NOT NULL"
        case tree.Not(again):
            return condition(again)
    return f"NOT ({condition(inner)})"


def _unwild(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def name(column: str) -> str:
    """As it stands where SQL reads it so; else in quotes."""
    plain = set(column) <= PLAIN and not column[:1].isdigit() and column not in RESERVED
    return column if plain and column else '"' + column.replace('"', '""') + '"'


def literal(value: tree.Literal_) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date():
            return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def label(of: tree.Expression | tree.Measure) -> str:
    """What the column of the answer is called."""
    match of:
        case tree.Field(column):
            return column
        case tree.Bin(inner):
            return f"{label(inner)}_from"
        case tree.DatePart(column, part):
            return f"{column}_{part}"
        case tree.Aggregate():
            return _aggregate_label(of)
    return LABELS[type(of)]


def _aggregate_label(of: tree.Aggregate) -> str:
    about = f"_{label(of.of)}" if of.of is not None else ""
    return f"{of.function}{about}" + ("_of_part" if of.where is not None else "")
