"""Where things are: within 300 of a point, distance from the origin, the closest ones, boxes, centroids, extents."""

from functools import partial
from typing import Final

from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, has, merge, pick
from neuroagent.tasks.circuit.question.tree import Aggregate, AllOf, Between, Compare, Distance, Field

TRIPLE: Final = "number comma? and? number comma? and? number"
PLACE: Final = "(pt|origin)"
AXES: Final = 3


def _point(items: Items) -> Items:
    kept = [item for item in items if item.kind in {"near", "furthest", "around", "in", "of", "to", "and"}]
    numbers = [item for item in items if item.kind == "number"]
    lead = [item for item in kept if item.end <= numbers[0].start]
    return [*lead, *merge(numbers, "pt", tuple(float(number) for number in pick(items, "number")))]


def _distance(axes: tuple[str, ...], items: Items) -> Distance | None:
    point = next(iter(pick(items, "pt")), (0.0,) * len(axes))
    return Distance(axes, point) if len(axes) == len(point) == AXES else None


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
    degree = "low" if has(items, "near") else "high"
    start, end = items[0].start, items[-1].end
    return [Item(degree, start, end, "adjective"), Item("num", start, end, distance)]


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
