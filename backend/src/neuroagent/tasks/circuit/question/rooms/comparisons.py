"""Conditions on quantities and dates: above 0.2, between 500 and 1000, 100 < x < 300, above average, in 2024."""

from datetime import date
from functools import partial
from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Items, Rule, first, merge, pick
from neuroagent.tasks.circuit.question.outcome import Unplaced
from neuroagent.tasks.circuit.question.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Between,
    Compare,
    Condition,
    DatePart,
    Expression,
    Field,
    Literal_,
    Operator,
)

MOST_SHOWN: Final = 12
TURNED: Final[dict[str, Operator]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
QUANTITY: Final = "(num|int|time|idc)"
AMOUNT: Final = "((number|date) unit?)"
RANKING: Final = "high|low|most|least|near|furthest|many|few"
YEARS: Final = range(1500, 2200)


def of(value: Column | Expression) -> Expression:
    return Field(value.name) if isinstance(value, Column) else value


def compared(left: Column | Expression, operator: Operator, right: Literal_) -> Condition:
    """A date beside a plain number is meant by its year."""
    if isinstance(left, Column) and left.type == "time" and not isinstance(right, date):
        return Compare(DatePart(left.name, "year"), operator, right)
    return Compare(of(left), operator, right)


def _quantity(items: Items) -> Column | Expression:
    found: Column | Expression = first(items, "num", "int", "time", "idc")
    return found


def _compare(items: Items) -> Items:
    operator: Operator = first(items, "op") or "="
    left, right = _quantity(items), first(items, "number", "date")
    percent = any(item.kind == "unit" and item.text in {"%", "percent"} for item in items)
    if isinstance(left, Column) and operator == "=":
        _refuse_absent(left, right)
    if percent and isinstance(left, Column) and isinstance(left.maximum, int | float) and left.maximum <= 1:
        right = right / 100
    return merge(items, "pred", compared(left, operator, right))


def _refuse_absent(column: Column, number: Literal_) -> None:
    """Where all values are known, another one is a slip or a misunderstanding."""
    known = {each.value for each in column.values}
    if column.type == "integer" and column.has_all_values and number not in known:
        shown = tuple(str(value) for value in sorted(known, key=str)[:MOST_SHOWN])
        raise Unplaced(f"{column.name} has no value {number}; it has {', '.join(shown)}.", (str(number),), shown)


def _between(items: Items) -> Items:
    low, high = pick(items, "number", "date")
    left = _quantity(items)
    if isinstance(left, Column) and left.type == "time" and not isinstance(low, date):
        return merge(items, "pred", Between(DatePart(left.name, "year"), low, high))
    return merge(items, "pred", Between(of(left), *((low, high) if low <= high else (high, low))))


def _twice(items: Items) -> Items:
    """Above 0.1 and below 0.3."""
    left = _quantity(items)
    bounds = zip(pick(items, "op"), pick(items, "number", "date"), strict=True)
    return merge(items, "pred", AllOf(tuple(compared(left, operator, bound) for operator, bound in bounds)))


def _outside(items: Items) -> Items:
    """Below 0.1 or above 0.35."""
    bounds = zip(pick(items, "op"), pick(items, "number", "date"), strict=True)
    return merge(items, "pred", AnyOf(tuple(compared(_quantity(items), operator, bound) for operator, bound in bounds)))


def _from_to(items: Items) -> Items | None:
    """Between y = 100 and y = 400."""
    one, other = pick(items, "num", "int")
    return _between([items[1], *(item for item in items if item.kind == "number")]) if one == other else None


def _chain(items: Items) -> Items:
    """100 < x < 300."""
    (low, high), (one, other) = pick(items, "number"), pick(items, "op")
    left = _quantity(items)
    return merge(items, "pred", AllOf((compared(left, TURNED[one], low), compared(left, other, high))))


def _above_average(items: Items) -> Items | None:
    quantities, name = pick(items, "num", "int"), first(items, "agg")
    if name == "sum" or len({of(each) for each in quantities}) != 1:
        return None
    left = of(quantities[0])
    return merge(items, "pred", Compare(left, first(items, "op"), Aggregate(name, left)))


def _dated(index: Index, items: Items) -> Items | None:
    """Before 2024-06-30: the one column of dates is meant."""
    times = index.of_kind("time")
    bounds = pick(items, "number", "date")
    is_dated = all(isinstance(bound, date) or bound in YEARS for bound in bounds)
    if len(times) != 1 or not is_dated:
        return None
    about = [items[0].become("time", times[0]), *items]
    return _between(about) if len(bounds) > 1 else _compare(about)


def _identified(index: Index, items: Items) -> Items | None:
    """Neuron 17."""
    if index.id_column is None or not all(isinstance(number, int) for number in pick(items, "number")):
        return None
    return merge(items, "pred", Compare(Field(index.id_column.name), "=", first(items, "number")))


def _and_below(items: Items) -> Items:
    """`above 0.1 and below 0.3`: what looks like the end of one is the beginning of another."""
    after, number = items
    strict: Operator = ">" if after.value == ">=" else "<"
    return [after.become("and"), after.become("op", strict), number]


#: Before anything else takes the numbers: "20 or more" is "at least 20".
TURNS: Final = (
    Rule("number unit? after(?!number)", lambda items: [items[-1].become("op", items[-1].value), *items[:-1]]),
    Rule("after number", _and_below),
)


def _above_is(items: Items) -> Items | None:
    """`above y = 1000`."""
    return [items[1], items[0], items[3]] if items[2].value == "=" else None


def _extreme(items: Items) -> Items | None:
    """`the neuron with the maximum x` is a neuron, not a figure."""
    degree = {"max": "high", "min": "low"}.get(str(first(items, "agg")))
    return [item.become(degree) if item.kind == "agg" else item for item in items] if degree else None


#: Before the measures: "above the average" is no measure.
AVERAGES: Final = (
    Rule("op than", lambda items: items[:1]),
    Rule("op (num|int) op number", _above_is),
    Rule("(ent|cat) pred* (in|with|be)* with agg (num|int|time)(?!(comma|and)+ (agg|num|int))", _extreme),
    Rule("op op", lambda items: items[1:]),  # `cost over`: the adjective has one of its own
    Rule(f"{QUANTITY} (be|with|of|in)* op (agg of? {QUANTITY}|agg)(?!of? (num|int))", _above_average),
    Rule(f"op agg of? {QUANTITY}", _above_average),
)


def rules(index: Index) -> tuple[Rule, ...]:
    return (
        Rule(f"number op {QUANTITY} op number", _chain),
        Rule(f"{QUANTITY} (be|with|of|in)* op {AMOUNT} (and|comma)+ (be|in)* op {AMOUNT}(?!ent|{QUANTITY})", _twice),
        Rule(f"{QUANTITY} (be|with|of|in)* op {AMOUNT} or (be|in)* op {AMOUNT}", _outside),
        Rule("between (num|int) op number (and|to) (num|int) op number", _from_to),
        Rule(f"{QUANTITY} (be|with|of|in)* between {AMOUNT} (and|to) {AMOUNT}", _between),
        Rule(f"{QUANTITY} (be|with|of|in)* {AMOUNT} to {AMOUNT}", _between),
        Rule(f"between {AMOUNT} (and|to) {AMOUNT} (in|of|with)* {QUANTITY}", _between),
        Rule(f"{QUANTITY} (be|of|in)* op {AMOUNT}", _compare),
        Rule(f"{QUANTITY} (be|of|in)* with (be|of|in)* op {AMOUNT}(?!pred* ent|distinct|cat)", _compare),
        Rule(f"(int|time|idc) (be|of|in)? {AMOUNT}(?!to|bins)", _compare),
        Rule(f"num be {AMOUNT}", _compare),
        Rule(f"(with|where)? op {AMOUNT} (in|of)? {QUANTITY}(?!{AMOUNT})", _compare),
        Rule("(be|in)* between (number|date) (and|to) (number|date)", partial(_dated, index)),
        Rule("in? op (number|date)(?!unit|ent|cat)", partial(_dated, index)),
        Rule("in number(?!unit|ent|cat|comma|bins)", partial(_dated, index)),
        Rule("in? (op|in) date", partial(_dated, index)),
        Rule(
            f"ent (with|of)? id? number(?!unit|number|cat|bins|ent|pred|comma|{RANKING})",
            partial(_identified, index),
        ),
        Rule("idc (be|of)* number", _compare),
    )
