"""Conditions on what is not there: without an e-type, layer is missing, with a known threshold current."""

from collections.abc import Callable
from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.items import Items, Rule, apply, has, merge, pick
from neuroagent.tasks.circuit.question.tree import AllOf, Condition, Missing, Not

COLUMN: Final = "(cat|num|int|time|flag)"
COLUMNS: Final = f"{COLUMN} ((comma|and|or)+ {COLUMN})*"


def _missing(items: Items) -> Items | None:
    return _each(items, Missing)


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
