"""Conditions on categories: layer 5, layers 2 to 4, mtype "L5_MC", EXC and INH, left hemisphere."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any, Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.items import Items, Rule, has, merge, pick
from neuroagent.tasks.circuit.question.outcome import Unplaced
from neuroagent.tasks.circuit.question.tree import Condition, Not, OneOf

ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
MOST_SHOWN: Final = 12
JOINED: Final = "(comma|and|or|both|slash)+"


def one_of(column: Column, values: list[str]) -> OneOf:
    """The values as they are in the data, or which ones there are."""
    known = {str(each.value).casefold(): str(each.value) for each in column.values}
    for value in values:
        if column.has_all_values and value.casefold() not in known:
            shown = tuple(str(each.value) for each in column.values[:MOST_SHOWN])
            raise Unplaced(f"{column.name} has no value {value!r}; it has {', '.join(shown)}.", (value,), shown)
    return OneOf(column.name, tuple(dict.fromkeys(known.get(value.casefold(), value) for value in values)))


def _numbered(items: Items) -> Items | None:
    column, numbers, operators = items[0].value, [str(n) for n in pick(items, "number")], pick(items, "op")
    if not any(_is_number(str(each.value)) for each in column.values):
        return None
    if has(items, "to", "between"):
        low, high = (float(number) for number in numbers[:2])
        return merge(items, "pred", OneOf(column.name, _where(column, lambda value: low <= value <= high)))
    if operators and operators[0] in ORDERS:
        order = ORDERS[operators[0]]
        return merge(items, "pred", OneOf(column.name, _where(column, lambda value: order(value, float(numbers[0])))))
    together = "/".join(numbers)
    if has(items, "slash") and any(each.value == together for each in column.values):
        numbers = [together]
    condition: Condition = one_of(column, numbers)
    return merge(items, "pred", Not(condition) if operators == ["<>"] else condition)


def _where(column: Column, fits: Callable[[float], bool]) -> tuple[str, ...]:
    values = [str(each.value) for each in column.values]
    found = tuple(sorted(value for value in values if _is_number(value) and fits(float(value))))
    if not found:
        raise Unplaced(f"{column.name} has no such numbers; it has {', '.join(values[:MOST_SHOWN])}.", (column.name,))
    return found


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("/", "", 1).isdigit() and "/" not in text


def _quoted(items: Items) -> Items:
    condition: Condition = one_of(items[0].value, pick(items, "quoted"))
    return merge(items, "pred", Not(condition) if "<>" in pick(items, "op") else condition)


def _same_column(items: Items) -> Items | None:
    """`layer SP`, `left hemisphere`: the column only says again what the value is of."""
    column, condition = pick(items, "cat")[0], pick(items, "pred")[0]
    if not isinstance(condition, OneOf) or condition.column != column.name:
        return None
    return merge(items, "pred", Not(condition) if "<>" in pick(items, "op") else condition)


def _list(items: Items) -> Items | None:
    one, other = pick(items, "pred")
    if not (isinstance(one, OneOf) and isinstance(other, OneOf)) or one.column != other.column:
        return None
    return merge(items, "pred", OneOf(one.column, tuple(dict.fromkeys((*one.values, *other.values)))))


RULES: Final = (
    Rule(
        "cat (be|in|with|of)* (between|in)? number (to|and) number (?=$|[^cat])",
        lambda items: _numbered(items) if has(items, "to", "between") else None,
    ),
    Rule(f"cat be? op? number (({JOINED}|to) number)*", _numbered),
    Rule(f"cat (be|op)* quoted ({JOINED} quoted)*", _quoted),
    Rule("cat (be|op|of)? pred", _same_column),
    Rule("pred cat", _same_column),
    Rule("of? vague of? pred", lambda items: items[-1:]),
    Rule("(pred|cat) vague", lambda items: items[:1]),
    Rule(
        f"pred ent? {JOINED} (in|with|of|cat)* pred",
        lambda items: _list([item for item in items if item.kind != "cat"]) if not has(items, "cat") else None,
    ),
    Rule(f"pred ent? {JOINED} (in|with)* pred", _list),
)
