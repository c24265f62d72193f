"""And, or, not, neither: how conditions belong together."""

from typing import Final

from neuroagent.tasks.circuit.question.items import Items, Rule, apply, has, merge, pick
from neuroagent.tasks.circuit.question.outcome import HowFar, Unread
from neuroagent.tasks.circuit.question.tree import (
    AllOf,
    AnyOf,
    Between,
    Compare,
    Condition,
    Matches,
    Missing,
    Not,
    OneOf,
    OnlyWhere,
    both,
)

FILLER: Final = "(in|with|be|of|per|both|ent)*"


def subject(condition: Condition) -> object:
    """The one thing that the condition is about; conditions on several have none."""
    match condition:
        case OneOf(column) | Missing(column) | Matches(column):
            return column
        case Compare(left) | Between(left):
            return left
        case Not(of):
            return subject(of)
        case AllOf(parts) | AnyOf(parts):
            subjects = {subject(part) for part in parts}
            return subjects.pop() if len(subjects) == 1 else None


def _neither(items: Items) -> Items:
    parts: list[Condition] = [Not(condition) for condition in pick(items, "pred")]
    return merge(items, "pred", AllOf(tuple(parts)))


def _not(items: Items) -> Items:
    return merge(items, "pred", Not(pick(items, "pred")[0]))


def _flag(items: Items) -> Items | None:
    """`not protected`, `are not protected`."""
    if has(items, "op") and pick(items, "op") != ["<>"]:
        return None
    return merge(items, "pred", OneOf(pick(items, "flag")[0].name, (False,)))


def _never(items: Items) -> Items | None:
    """`e-types not found in layer 1`: of which no row is there."""
    if has(items, "op") and pick(items, "op") != ["<>"]:
        return None
    return [items[0], *merge(items[1:], "only_where", OnlyWhere(Not(pick(items, "pred")[0])))]


def _either(items: Items) -> Items | None:
    one, other = pick(items, "pred")
    if subject(one) is None or subject(one) != subject(other):
        return None
    parts = [part for each in (one, other) for part in (each.parts if isinstance(each, AnyOf) else (each,))]
    return merge(items, "pred", AnyOf(tuple(parts)))


def negations(items: Items) -> Items:
    return apply(
        (
            Rule("open (pred|and|or|in|with|be|of|ent|both)+ close", _bracketed),
            Rule("cat (be|with)* (not|op|missing) (be|in|with)* pred ent?", _never),
            Rule(f"not {FILLER} pred {FILLER} nor {FILLER} pred", _neither),
            Rule("(not|missing|op) (in|be|of)* flag", _flag),
            Rule(f"(not) {FILLER} pred", _not),
            Rule("op (in|of|per)* pred", lambda found: _not(found) if found[0].value == "<>" else None),
            Rule("pred (comma|ent|in|with)* or+ (in|with|be)* pred", _either),
        ),
        items,
    )


def whole(items: Items) -> Condition | None:
    """The conditions in a row: side by side and `and` bind more closely than `or`, which `either` reins in."""
    told = [item for item in items if item.kind in {"pred", "and", "or"}]
    either = next((place for place, item in enumerate(told) if item.text.casefold() == "either"), None)
    if either is None:
        return _any(told)
    return both(_all(told[:either]), _any(told[either + 1 :]))


def _any(items: Items) -> Condition | None:
    sides: list[Items] = [[]]
    for item in items:
        if item.kind == "or" and sides[-1]:
            sides.append([])
        elif item.kind != "or":
            sides[-1].append(item)
    conditions = [found for side in sides if (found := _all(side)) is not None]
    if len(conditions) < 2:  # noqa: PLR2004 - two sides of an or
        return conditions[0] if conditions else None
    _ask_how_far([side for side in sides if pick(side, "pred")])
    return AnyOf(tuple(conditions))


def _bracketed(items: Items) -> Items | None:
    """`(excitatory and in layer 5) or inhibitory`: brackets say how far it reaches."""
    inside = whole(items)
    return merge(items, "pred", inside) if inside is not None else None


def _all(side: Items) -> Condition | None:
    condition: Condition | None = None
    for item in side:
        if item.kind == "pred":
            _refuse_both(condition, item.value)
            condition = both(condition, item.value)
    return condition


def _refuse_both(before: Condition | None, now: Condition) -> None:
    """Nothing is two things at once; whoever says so means something else."""
    parts = before.parts if isinstance(before, AllOf) else (before,)
    for part in parts:
        if (
            isinstance(part, OneOf)
            and isinstance(now, OneOf)
            and part.column == now.column
            and not {*part.values} & {*now.values}
        ):
            raise Unread(
                f"Nothing can be both {part.values[0]} and {now.values[0]} in {now.column}; ask for each on its own."
            )


def _ask_how_far(sides: list[Items]) -> None:
    """`excitatory cells in layer 5 or the left hemisphere`: nobody can say where the "or" ends."""
    spans = [[(item.start, item.end) for item in side if item.kind == "pred"] for side in sides]
    if len({len(side) for side in spans}) == 1:
        return
    if len(spans) != 2 or len(spans[0]) < 2:  # noqa: PLR2004 - two sides, the first with something to spare
        raise Unread("I can't tell how far the “or” reaches; say it as “(A and B) or (C and D)”, or ask twice.")
    (*_, nearest), last = spans[0], spans[1][-1][1]
    raise HowFar(((spans[0][0][0], spans[0][-1][1]), (spans[1][0][0], last)), ((nearest[0], last),))


def towards(items: Items) -> Items:
    """Orders to Spain; what was a range or a ratio is one by now."""
    return apply(
        (
            Rule("to pred", lambda found: found[1:]),
            Rule("pred those", lambda found: [found[0], found[1].become("ent")]),
        ),
        items,
    )


def flags_left(items: Items) -> Items:
    """A truth column on its own is a condition: express orders."""
    return [item.become("pred", OneOf(item.value.name, (True,))) if item.kind == "flag" else item for item in items]
