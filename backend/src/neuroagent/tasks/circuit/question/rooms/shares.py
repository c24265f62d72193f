"""Percentages: of which rows, and which of them; ratios of two kinds, differences between two."""

from typing import Final

from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, first, has, merge, pick
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.tree import (
    Aggregate,
    Condition,
    Difference,
    Field,
    GroupShare,
    Missing,
    OneOf,
    Ratio,
    Share,
    both,
)

SIDES: Final = 2
COUNT: Final = Aggregate("count")
ENDS: Final = frozenset({"order", "having", "rank", "sorted", "down", "up", "those", "op", "high", "low", "compare"})


def shares(items: Items) -> Items:
    """One percentage a question; as a trailing "in percent" it is the assembly's."""
    place = next((i for i, item in enumerate(items) if item.kind == "share"), None)
    if place is None:
        return items
    stop = next((i for i in range(place + 1, len(items)) if items[i].kind in ENDS), len(items))
    tail = items[place + 1 : stop]
    if not has(tail, "pred", "key", "ent") and not has(tail, "cat"):
        return [*items[:place], items[place].become("in_percent"), *items[place + 1 :]]
    return [*items[:place], *_share(items[place], tail), *items[stop:]]


def _share(share: Item, tail: Items) -> Items:
    """What comes after the verb is the part, what comes before it the whole; without a verb the first is the part."""
    verb = next(
        (i for i, item in enumerate(tail) if item.kind in {"be", "with"} and has(tail[:i], "ent", "key", "pred")), None
    )
    if verb is None:
        verb = next((i for i, item in enumerate(tail) if _is_gap(item) and has(tail[:i], "pred")), None)
    after = _conditions(tail[verb:]) if verb is not None else []
    if after:
        return [*_measured(share, Share(_all(after))), *_without(tail, after)]
    part = _leading(tail)
    if part and not _is_of_groups(tail):
        return [*_measured(share, Share(_all(part))), *_without(tail, part)]
    return _group_share(share, tail)


def _is_gap(item: Item) -> bool:
    """`have no e-type` has become a condition with its verb inside."""
    return item.kind == "pred" and isinstance(item.value, Missing)


def _leading(tail: Items) -> Items:
    """The conditions that stand together first: up to the noun, or those right behind it."""
    part: Items = []
    for item in tail:
        if item.kind == "pred":
            part.append(item)
        elif part and item.kind in {"ent", "in", "key", "of", "with"}:
            break
    return part


def _is_of_groups(tail: Items) -> bool:
    """`share of each e-type within layer 6`: the groups are the parts."""
    nouns = [item.kind for item in tail if item.kind in {"key", "pred", "cat"}]
    return nouns[:1] in (["key"], ["cat"])


def _group_share(share: Item, tail: Items) -> Items:
    keys = [item for item in tail if item.kind == "key"]
    columns = [item for item in tail if item.kind == "cat"]
    if not keys and not columns:
        raise Unread(f"I can't tell what {share.text!r} is a share of.")
    within = tuple(key for item in keys[(0 if columns else 1) :] for key in item.value)
    rest = [item.become("key", (Field(item.value.name),)) if item.kind == "cat" else item for item in tail]
    return [*_measured(share, GroupShare(within)), *rest]


def _measured(share: Item, measure: Share | GroupShare) -> Items:
    return [share.become("measure", (measure,))]


def _conditions(items: Items) -> Items:
    return [item for item in items if item.kind == "pred"]


def _without(tail: Items, used: Items) -> Items:
    return [item for item in tail if item not in used]


def _all(items: Items) -> Condition:
    whole: Condition | None = None
    for item in items:
        whole = both(whole, item.value)
    if whole is None:
        raise Unread("I can't tell what this is a share of.")
    return whole


def _counts(items: Items) -> tuple[Aggregate, Aggregate] | None:
    conditions = pick(items, "pred")
    if len(conditions) == 1 and isinstance(conditions[0], OneOf) and len(conditions[0].values) == SIDES:
        conditions = [OneOf(conditions[0].column, (value,)) for value in conditions[0].values]
    if len(conditions) != SIDES:
        return None
    return Aggregate("count", where=conditions[0]), Aggregate("count", where=conditions[1])


def _ratio(items: Items) -> Items | None:
    sides = _counts(items)
    return merge(items, "measure", (Ratio(*sides),)) if sides else None


def _difference(items: Items) -> Items | None:
    sides, measures = _counts(items), first(items, "measure")
    if sides is None or len(measures) != 1 or not isinstance(measures[0], Aggregate):
        return None
    parts = (Aggregate(measures[0].function, measures[0].of, side.where, level=measures[0].level) for side in sides)
    return merge(items, "measure", (Difference(*parts),))


def sides(items: Items) -> Items:
    return apply(
        (
            Rule("ratio (of|between)? pred ent? (to|and|versus|slash)* (pred ent?)?", _ratio),
            Rule("pred ent? (to|slash|versus|and)* (pred ent?)? ratio", _ratio),
            Rule("difference (of|in)? measure (of|in|between)* pred ent? (and|versus|to)* (pred ent?)?", _difference),
            Rule("measure difference (of|in|between)* pred ent? (and|versus|to)* (pred ent?)?", _difference),
            Rule("difference (of|in|between)* pred ent? (and|versus|to)? (pred ent?)? (in|of)* measure", _difference),
        ),
        items,
    )
