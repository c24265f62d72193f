"""Conditions on what is not there: without an e-type, layer is missing, with a known threshold current."""

from collections.abc import Callable
from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.items import Items, Rule, apply, has, merge, pick
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.tree import AllOf, Compare, Condition, Field, Missing, Not

NONE: Final = frozenset({"no", "without", "without a", "without an", "without any", "with no", "have no", "has no"})
COLUMN: Final = "(cat|num|int|time|flag)"
COLUMNS: Final = f"{COLUMN} ((comma|and|or)+ {COLUMN})*"


def _missing(items: Items) -> Items | None:
    columns = [column for column in pick(items, "int", "num") if isinstance(column, Column)]
    counted = [column for column in columns if column.type == "integer" and column.minimum == 0]
    if counted and any(item.kind == "missing" and item.text.casefold() in NONE for item in items):
        return _none_of(counted, items)
    return _each(items, Missing)


def _none_of(counted: list[Column], items: Items) -> Items:
    """`no spikes` are zero of them where every row has a number; where some have none, it could be either."""
    if any(column.missing for column in counted) or len(counted) > 1:
        raise Unread(f"I can't tell whether {counted[0].name} is to be 0 or to be missing; say which.")
    return merge(items, "pred", Compare(Field(counted[0].name), "=", 0))


def _known(items: Items) -> Items | None:
    return _each(items, lambda column: Not(Missing(column)))


def _each(items: Items, condition: Callable[[str], Condition]) -> Items | None:
    """Of each column named; a distance is never missing."""
    columns = pick(items, "cat", "num", "int", "time", "flag")
    if not all(isinstance(column, Column) for column in columns):
        return None
    made = tuple(condition(column.name) for column in columns)
    return merge(items, "pred", made[0] if len(made) == 1 else AllOf(made))


def known_if_counted(items: Items) -> Items:
    """`how many orders have a discount`."""
    if not has(items, "count"):
        return items
    return apply(
        (
            Rule(
                f"(ent|pred) with {COLUMN}(?=$|and|in|per|key|comma)",
                lambda found: [found[0], *(_known(found[1:]) or found[1:])],
            ),
        ),
        items,
    )


RULES: Final = (
    Rule(f"(with|be)? not missing (of|in)? {COLUMNS}", _known),
    Rule(
        f"{COLUMN} be* not (missing|known)",
        lambda items: _known(items) if items[-1].kind == "missing" else _missing(items),
    ),
    Rule(f"(with|be)? missing (of|in|with|be)* {COLUMNS}", _missing),
    Rule(f"{COLUMN} (be|with)* missing(?!(of|in)? (pred|ent))", _missing),
    Rule(f"with? known {COLUMNS}", _known),
    Rule(f"with both {COLUMN} and {COLUMN}", _known),
    Rule(f"{COLUMN} be* known", _known),
)
