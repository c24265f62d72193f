"""How a question was understood, part by part, for the person who asked: excitatory → synapse_class = 'EXC'."""

from collections.abc import Iterator

from neuroagent.tasks.circuit.question import sql, tree
from neuroagent.tasks.circuit.question.grammar import Parse
from neuroagent.tasks.circuit.question.items import Item
from neuroagent.tasks.circuit.question.rooms.ranks import Rank

SAYS = {
    "avg": "average",
    "sum": "sum",
    "min": "smallest",
    "max": "largest",
    "stddev": "standard deviation",
    "distinct": "different values",
}


def described(parse: Parse) -> str:
    """In the order of the question; what stands in the query and not in the words comes last."""
    notes = [f"“{wrong}” read as “{right}”" for wrong, right in parse.mended]
    for item in sorted(parse.items, key=lambda each: each.start):
        words = parse.text[item.start : item.end].strip(" ,?.")
        notes += [f"{words} → {meaning}" for meaning in _meanings(item)]
    grouped = [sql.label(key) for key in parse.query.keys if key not in _told_keys(parse)]
    shows_groups = bool(parse.query.measures)
    if grouped:
        notes.append(f"{'grouped by' if shows_groups else 'distinct values of'} {', '.join(grouped)}")
    notes += _unsaid(parse)
    return "; ".join(dict.fromkeys(notes)) or "every row"


def summarised(query: tree.Query) -> str:
    """The query alone, where no words of the person are at hand: of a follow-up."""
    notes = [measured(measure) for measure in query.measures]
    notes += [f"grouped by {', '.join(sql.label(key) for key in query.keys)}"] if query.keys else []
    notes += [f"where {sql.condition(query.where)}"] if query.where is not None else []
    notes += [held(having) for having in query.having]
    notes += [_ordered(order) for order in query.order]
    notes += [f"the first {query.limit}"] if query.limit is not None else []
    notes += [f"then {_over_all(query.outer)}"] if query.outer is not None else []
    return "; ".join(notes) or "every row"


def _over_all(outer: str) -> str:
    return "the number of those groups" if outer == "count" else f"the {SAYS.get(outer, outer)} over those groups"


def _told_keys(parse: Parse) -> set[tree.Expression]:
    return {key for item in parse.items if item.kind == "key" for key in item.value}


def _unsaid(parse: Parse) -> Iterator[str]:
    """Rows left out without being asked to."""
    if parse.query.outer is not None:
        yield f"then {_over_all(parse.query.outer)}"
    whole = parse.query.where
    for part in whole.parts if isinstance(whole, tree.AllOf) else (whole,):
        match part:
            case tree.Not(tree.Missing(column)) if parse.parts.where != whole:
                yield f"rows without {column} left out"


def _meanings(item: Item) -> Iterator[str]:
    match item.kind:
        case "pred":
            yield sql.condition(item.value)
        case "key":
            yield f"grouped by {', '.join(sql.label(key) for key in item.value)}"
        case "measure":
            yield ", ".join(measured(measure) for measure in item.value)
        case "count":
            yield "number of rows"
        case "cat" | "int" | "num" | "time" | "flag" | "idc":
            yield f"column {item.value.name}"
        case "rank" | "order" | "having" | "only_where" | "limited":
            yield from _arranged(item.value)


def _arranged(value: object) -> Iterator[str]:
    match value:
        case Rank(by, descending, count, first):
            number = "" if first == 1 else f"number {first} of "
            what = measured(by) if isinstance(by, tree.Measure) else sql.label(by) if by else "what is shown"
            yield f"{number}{'most' if descending else 'least'} first by {what}, {count or 1} shown"
        case tree.Order():
            yield _ordered(value)
        case tree.Having() | tree.OnlyWhere():
            yield held(value)
        case bool():
            yield f"{'largest' if value else 'smallest'} first"
        case int():
            yield f"the first {value}"


def measured(measure: tree.Measure) -> str:
    match measure:
        case tree.Aggregate():
            return _aggregated(measure)
        case tree.Share(part):
            return f"percent of the rows that have {sql.condition(part)}"
        case tree.GroupShare(within):
            return f"each group's percent of {'all rows' if not within else 'its ' + ', '.join(map(sql.label, within))}"
        case tree.Ratio(first, second):
            return f"{measured(first)} divided by {measured(second)}"
        case tree.Difference(first, second):
            return f"{sql.measure(first)} minus {sql.measure(second)}"


def _aggregated(of: tree.Aggregate) -> str:
    rows = "" if of.where is None else f" with {sql.condition(of.where)}"
    if of.of is None:
        return f"number of rows{rows}"
    if of.level is not None:
        return f"{100 * of.level:g}th percentile of {sql.expression(of.of)}{rows}"
    if of.other is not None:
        return f"correlation of {sql.expression(of.of)} and {sql.expression(of.other)}{rows}"
    return f"{SAYS.get(of.function, of.function)} of {sql.expression(of.of)}{rows}"


def held(having: tree.Having | tree.OnlyWhere) -> str:
    if isinstance(having, tree.OnlyWhere):
        return f"groups with nothing but {sql.condition(having.condition)}"
    right = f"{having.right:g}" if isinstance(having.right, int | float) else measured(having.right)
    return f"groups with {measured(having.measure)} {having.operator} {right}"


def _ordered(order: tree.Order) -> str:
    by = measured(order.by) if isinstance(order.by, tree.Measure) else sql.expression(order.by)
    return f"sorted by {by}, {'largest' if order.descending else 'smallest'} first"
