"""The most and the least: most common m-type, top 3 by price, highest mean, second rarest, the 5 closest."""

from dataclasses import dataclass, replace
from typing import Any, Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, first, has, merge, pick
from neuroagent.tasks.circuit.question.rooms.comparisons import of
from neuroagent.tasks.circuit.question.tree import Aggregate, Expression, Measure

COUNT: Final = Aggregate("count")
QUANTITY: Final = "(num|int|time)"


@dataclass(frozen=True)
class Rank:
    """How many from which end, by what; `rows` when rows are ranked and not groups."""

    by: Expression | Measure | None
    descending: bool
    count: int | None = None
    first: int = 1
    rows: bool = False


def _degree(items: Items) -> bool:
    return not has(items, "low", "least", "few")


def _nth(items: Items) -> dict[str, Any]:
    numbers, ordinals = pick(items, "number"), pick(items, "ordinal")
    return {"count": int(numbers[0]) if numbers else (1 if ordinals else None), "first": ordinals[0] if ordinals else 1}


def _common(items: Items) -> Items:
    """`5 most common`: ranked by how many rows there are."""
    return merge(items, "rank", Rank(COUNT, _degree(items), **_nth(items)))


def _most_of(items: Items) -> Items:
    """`the most inhibitory neurons`: the conditions stay."""
    kept = [item for item in items if item.kind == "pred"]
    used = [item for item in items if item.kind != "pred"]
    return [*merge(used, "rank", Rank(COUNT, _degree(items), **_nth(items))), *kept]


def _most_distinct(items: Items) -> Items:
    column: Column = first(items, "cat")
    return merge(items, "rank", Rank(Aggregate("distinct", of(column)), _degree(items)))


def _by_measure(items: Items) -> Items:
    measures = first(items, "measure")
    kept = [item for item in items if item.kind in {"measure", "key", "pred", "ent", "cat"}]
    used = [item for item in items if item.kind in {"high", "low", "ordinal", "number"}]
    return [*merge(used, "rank", Rank(measures[0], _degree(items), **_nth(items))), *kept]


def _by_quantity(items: Items) -> Items:
    """An adjective of a quantity ranks rows when a noun or a value follows it: the tallest oaks."""
    quantity = next(item for item in items if item.kind in {"num", "int", "time"})
    degree = next(item for item in items if item.kind in {"high", "low"})
    told_twice = len(pick(items, "num", "int", "time")) > 1
    adjectival = quantity.start == degree.start and not told_twice
    several = any(number > 1 for number in pick(items, "number"))  # the 10 highest threshold currents are ten rows
    rank = Rank(of(quantity.value), _degree(items), rows=adjectival or several, **_nth(items))
    return merge([item for item in items if item.kind != "ent"], "rank", rank)


def _twice(items: Items) -> Items | None:
    """`cheapest price`: the column said twice is meant once."""
    degree, one, other = items
    return [degree, other.become(other.kind, other.value)] if one.value == other.value else None


def _numbered(items: Items) -> Items | None:
    """`10 neurons closest to …`, `top 10 neurons by x`."""
    number, rank = first(items, "number"), first(items, "rank")
    if rank.count is not None or number < 1:
        return None
    rest = [item for item in items if item.kind not in {"number", "rank", "high", "low", "limit"}]
    start, end = items[0].start, items[-1].end
    return [*rest, Item("rank", start, end, replace(rank, count=int(number), rows=rank.rows or has(items, "ent")))]


def _top_by(items: Items) -> Items | None:
    """`top 3 customers by total price`, `top 10 neurons by x`."""
    measured, quantities = first(items, "measure"), pick(items, "num", "int", "time")
    by: Any = measured[0] if measured else of(quantities[0])
    rows = has(items, "ent")
    kept = [item for item in items if item.kind in {"cat", "pred", "ent", "measure", "key"}]
    used = [item for item in items if item.kind in {"high", "low", "number", "per"}]
    return [*merge(used[:1], "rank", Rank(by, _degree(items), rows=rows, **_nth(items))), *kept]


def _top_by_count(items: Items) -> Items:
    kept = [item for item in items if item.kind in {"cat", "pred"}]
    used = [item for item in items if item.kind in {"high", "low", "number"}]
    return [*merge(used, "rank", Rank(COUNT, _degree(items), **_nth(items))), *kept]


def _top(items: Items) -> Items:
    kept = [item for item in items if item.kind in {"cat", "combinations", "of"}]
    used = [item for item in items if item.kind in {"high", "low", "number", "limit"}]
    return [*merge(used, "rank", Rank(COUNT, _degree(items), **_nth(items))), *kept]


def ranks(items: Items) -> Items:
    sides = "(high|low)"
    return apply(
        (
            Rule(
                "(most|many) common|most",
                lambda found: [found[0].become("most")] if found[0].kind == "most" and len(found) == 1 else None,
            ),
            Rule("many common", lambda found: merge(found, "most", None)),
            Rule("few common", lambda found: merge(found, "least", None)),
            Rule(f"{sides}? ordinal? number? (most|least) number?", _common),
            Rule("high rank", lambda found: found[1:] if found[1].value.by == COUNT else None),
            Rule("ordinal? (many|few) pred* ent", _most_of),
            Rule("ordinal? (many|few) distinct? cat", _most_distinct),
            Rule(f"{sides} ordinal? number? of? measure", _by_measure),
            Rule(f"ordinal {sides} of? measure", _by_measure),
            Rule(f"measure (of|in)? (ent|pred|key)* be* {sides}", _by_measure),
            Rule(f"{sides} {QUANTITY} {QUANTITY}", _twice),
            Rule(f"{sides} number? pred* (cat|ent) pred* (with|in|be)* per measure", _top_by),
            Rule(f"{sides} number? cat (with|in|be|pred)* per count pred* ent?", _top_by_count),
            Rule(f"{sides} number? pred* ent pred* (with|in)* per {QUANTITY}", _top_by),
            Rule(f"(ordinal|number)? {sides} number? (of|in)? {QUANTITY}", _by_quantity),
            Rule(f"{QUANTITY} be* {sides}", _by_quantity),
            Rule(f"{sides} number (of|combinations)* cat", _top),
            Rule("limit number (of|combinations)* rank", _numbered),
            Rule(f"({sides}|limit)? number (pred|ent|with|in|of|be|comma|list)* rank", _numbered),
        ),
        items,
    )
