"""Sorting, limits, and which groups stay: highest first, sorted by y, with more than 100 cells, only in layer 1."""

from typing import Any, Final

from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, first, has, merge, pick
from neuroagent.tasks.circuit.question.rooms.comparisons import of
from neuroagent.tasks.circuit.question.tree import Aggregate, Field, GroupShare, Having, OnlyWhere, Order

COUNT: Final = Aggregate("count")
NOUN: Final = "(cat|int|num|time|idc)"


def _sorted(items: Items) -> Items:
    """By a column, a measure, or what is shown; what a person wants first is the most."""
    columns, measures = pick(items, "cat", "int", "num", "time", "idc"), pick(items, "measure")
    by: Any = (
        of(columns[0]) if columns else measures[0][0] if measures else COUNT if has(items, "count", "ent") else None
    )
    down = has(items, "down") or (not has(items, "up") and not columns and by is not None)
    return merge(items, "order", Order(by, down) if by is not None else down)


def _sorted_by_name(items: Items) -> Items:
    """`sorted by mean`, of whatever the mean was taken."""
    return merge(items, "order", (first(items, "agg"), not has(items, "up")))


def _ranking(items: Items) -> Items:
    """`sort the layers by number of cells`."""
    column = next(item for item in items if item.kind in {"cat", "int"})
    by: Any = first(items, "measure")[0] if has(items, "measure") else COUNT
    start, end = items[0].start, items[-1].end
    return [
        column,
        Item("measure", start, end, (by,)),
        Item("order", start, end, Order(by, descending=not has(items, "up"))),
    ]


def _counted(items: Items) -> Items:
    operator, number = first(items, "op"), first(items, "number")
    return merge(items, "having", Having(COUNT, operator, number))


def _measured(items: Items) -> Items:
    measure = next(item for item in items if item.kind == "measure")
    having = Having(measure.value[0], first(items, "op"), first(items, "number"))
    rest = [item for item in items if item.kind in {"key", "pred", "ent"}]
    return [measure, *rest, Item("having", items[0].start, items[-1].end, having)]


def _last(items: Items) -> Items:
    """`only those above 500`: of whatever was measured."""
    return merge(items, "having", (first(items, "op"), first(items, "number")))


def _distinct(items: Items) -> Items:
    column = pick(items, "cat", "int")[0]
    return merge(
        items, "having", Having(Aggregate("distinct", Field(column.name)), first(items, "op"), first(items, "number"))
    )


def _exactly(items: Items) -> Items:
    """`m-types with 5 cells`."""
    return [items[0], *merge(items[1:], "having", Having(COUNT, "=", first(items, "number")))]


def _shared(items: Items) -> Items | None:
    """`e-types with less than 5 % of the cells`."""
    if not any(item.kind == "unit" and item.text in {"%", "percent"} for item in items):
        return None
    return merge(items, "having", Having(GroupShare(), first(items, "op"), first(items, "number")))


def _between(items: Items) -> Items:
    measure = next(item for item in items if item.kind == "measure")
    bounds = sorted(pick(items, "number"))
    made = (Having(measure.value[0], ">=", bounds[0]), Having(measure.value[0], "<=", bounds[-1]))
    return [measure, *(Item("having", items[0].start, items[-1].end, having) for having in made)]


def _top_sorted(items: Items) -> Items:
    """`sorted by y, top 20`: the top of a list has the most."""
    columns, measures = pick(items, "cat", "int", "num", "time"), pick(items, "measure")
    by: Any = of(columns[0]) if columns else measures[0][0]
    start, end = items[0].start, items[-1].end
    return [
        Item("order", start, end, Order(by, descending=not has(items, "low"))),
        Item("limited", start, end, first(items, "number")),
    ]


def _more_of(items: Items) -> Items:
    one, other = pick(items, "pred")
    operator: Any = ">" if has(items, "more") or first(items, "op") == ">" else "<"
    return merge(items, "having", Having(Aggregate("count", where=one), operator, Aggregate("count", where=other)))


def _only(items: Items) -> Items:
    return merge(items, "only_where", OnlyWhere(first(items, "pred")))


def _limited(items: Items) -> Items | None:
    number = first(items, "number")
    if not isinstance(number, int) or number < 1:
        return None
    rest = [item for item in items if item.kind in {"ent", "pred", "cat", "key", "in", "with", "of", "list"}]
    return [*merge([item for item in items if item.kind in {"number", "limit", "high"}], "limited", number), *rest]


def orders(items: Items) -> Items:
    return apply(
        (
            Rule(
                "(with|be)* (more|op) pred ent? (than|of)? pred ent?",
                lambda found: _more_of(found) if has(found, "more", "than") else None,
            ),
            Rule("(with|be)* (more|fewer) pred ent? than pred ent?", _more_of),
            Rule("(sorted|rank_word) of? (cat|int) (in|per)+ (count of? ent?|measure)", _ranking),
            Rule("sorted (per|in|of)* (int|num|time|measure) (comma|and)* (high|low) number", _top_sorted),
            Rule("sorted (per|in|of)* agg (in|be)* (down|up)?", _sorted_by_name),
            Rule(
                f"sorted (per|in|of|and)* (down|up)* ({NOUN}|measure|count ent?|ent)? (be|in|comma)* (down|up)?",
                _sorted,
            ),
            Rule(f"(down|up) (per|in|of)* ({NOUN}|count ent?)?", _sorted),
            Rule("(those|with|in|of|only)* op number unit of? ent", _shared),
            Rule("measure (be|with|in)* between number (and|to) number", _between),
            Rule(
                "(those|with|in|of|only)* op number unit? pred* ent",
                lambda found: (
                    _counted(found)
                    if not has(found, "pred")
                    else [*_counted([i for i in found if i.kind != "pred"]), *[i for i in found if i.kind == "pred"]]
                ),
            ),
            Rule("(in|with|be|of)* op number distinct? (cat|int)", _distinct),
            Rule("measure (of|in)? (key|pred|ent)* (comma|be|with|those|and)* op number unit?", _measured),
            Rule("count (be|of|ent|with)* op number", _counted_kept),
            Rule("(comma|and)* (those|only|with|be)+ op number unit?", _last),
            Rule("only (in|with|be|of)* pred", _only),
            Rule("limit (of|in)? number ent?", _limited),
            Rule("cat (be|in)* with number ent", _exactly),
            Rule("(?<!with)(?<!in)(?<!of)(high|list)? number (pred|with)* (ent|cat)", _limited),
            Rule("high number", _limited),
        ),
        items,
    )


def _counted_kept(items: Items) -> Items:
    count = next(item for item in items if item.kind == "count")
    return [count, *_counted(items)]
