"""Where things are: within 300 of a point, distance from the origin, the closest ones, boxes, centroids, extents."""

from functools import partial
from itertools import pairwise
from typing import Final

from neuroagent.tasks.circuit.question.index import UPRIGHT, Index
from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, has, merge, pick
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.rooms.logic import whole
from neuroagent.tasks.circuit.question.tree import Aggregate, AllOf, Between, Centroid, Compare, Distance, Field

TRIPLE: Final = "number comma? and? number comma? and? number"
PLACE: Final = "(pt|origin|centroid (of (pred ent?)+)?)"
UPWARDS: Final = frozenset({"highest", "uppermost", "upper most", "lowest", "lowermost"})
AXES: Final = 3


def _point(items: Items) -> Items:
    kept = [item for item in items if item.kind in {"near", "furthest", "around", "in", "of", "to", "and"}]
    numbers = [item for item in items if item.kind == "number"]
    lead = [item for item in kept if item.end <= numbers[0].start]
    return [*lead, *merge(numbers, "pt", tuple(float(number) for number in pick(items, "number")))]


def _distance(axes: tuple[str, ...], items: Items) -> Distance | None:
    if len(axes) != AXES:
        return None
    if has(items, "centroid"):
        return Distance(axes, Centroid(whole(items)))
    point = next(iter(pick(items, "pt")), (0.0,) * AXES)
    return Distance(axes, point) if len(point) == AXES else None


def _within(axes: tuple[str, ...], items: Items) -> Items | None:
    distance = _distance(axes, items)
    return merge(items, "pred", Compare(distance, "<=", pick(items, "number")[0])) if distance else None


def _far(axes: tuple[str, ...], items: Items) -> Items | None:
    """A distance is a quantity like any other: it can be compared, averaged, sorted by."""
    distance = _distance(axes, items)
    return merge(items, "num", distance) if distance else None


def _further_than(axes: tuple[str, ...], items: Items) -> Items | None:
    distance, operator = _distance(axes, items), pick(items, "op")[0]
    return merge(items, "pred", Compare(distance, operator, pick(items, "number")[0])) if distance else None


def _nearest(axes: tuple[str, ...], items: Items) -> Items | None:
    distance = _distance(axes, items)
    if distance is None:
        return None
    return _ranked("low" if has(items, "near") else "high", distance, items)


def _ranked(degree: str, by: object, items: Items) -> Items:
    start, end = items[0].start, items[-1].end
    return [Item(degree, start, end, "adjective"), Item("num", start, end, by)]


def _high_up(index: Index, items: Items) -> Items | None:
    """`the 10 highest neurons`, where nothing else is there that they could be highest in."""
    degree = next(item for item in items if item.kind in {"high", "low"})
    column = index.columns.get(UPRIGHT) if index.axes() else None
    if column is None or degree.text.casefold() not in UPWARDS:
        return None
    return [item for each in items for item in (_ranked(each.kind, column, [each]) if each is degree else [each])]


def _refuse_centroids(items: Items) -> None:
    """`the distance from the centroid of each layer` is another centroid for each row."""
    for one, other in pairwise(items):
        of_each = one.kind == "centroid" and other.kind == "per" and other.text.casefold().startswith("of")
        if of_each and has(items, "distance", "near", "furthest", "radius", "unit", "op"):
            raise Unread("I can measure to one centroid at a time: of everything, or of one group, as of layer 4.")


def _box(axes: tuple[str, ...], items: Items) -> Items | None:
    one, other = pick(items, "pt")
    if len(axes) != AXES:
        return None
    sides = (sorted(side) for side in zip(one, other, strict=True))
    return merge(
        items, "pred", AllOf(tuple(Between(Field(a), low, high) for a, (low, high) in zip(axes, sides, strict=True)))
    )


def _centroid(axes: tuple[str, ...], items: Items) -> Items | None:
    return merge(items, "measure", tuple(Aggregate("avg", Field(axis)) for axis in axes)) if axes else None


def _extent(axes: tuple[str, ...], items: Items) -> Items | None:
    measures = tuple(Aggregate(name, Field(axis)) for axis in axes for name in ("min", "max"))
    return merge(items, "measure", measures) if axes else None


def rooms(index: Index, items: Items) -> Items:
    axes = index.axes()
    _refuse_centroids(items)
    if not has(items, "num", "int", "agg", "count", "distance", "distinct", "common", "cat"):
        items = apply((Rule("number? (high|low) number? pred* ent", partial(_high_up, index)),), items)
    return apply(
        (
            Rule(f"point? open {TRIPLE} close", _point),
            Rule(f"(near|furthest|around|in|of|to) (to|of|in)? point? {TRIPLE}", _point),
            Rule(f"point? {TRIPLE}(?!comma? number)", _point),
            Rule("point? pt", lambda found: found[1:] if len(found) > 1 else None),
            Rule("box? (in|of|between)* pt (to|and) pt", partial(_box, axes)),
            Rule("(in|radius)+ number unit? (radius|of|in|around|to|distance)* " + PLACE, partial(_within, axes)),
            Rule(f"distance? op number unit? (distance|of|in|to|around)* {PLACE}", partial(_further_than, axes)),
            Rule(f"(near|furthest) (to|in|of|point)* {PLACE}", partial(_nearest, axes)),
            Rule(f"distance (of ent)? (in|of|to|between|be)* {PLACE}", partial(_far, axes)),
            Rule("where? be? centroid", partial(_centroid, axes)),
            Rule("extent (of|in)?", partial(_extent, axes)),
        ),
        items,
    )
