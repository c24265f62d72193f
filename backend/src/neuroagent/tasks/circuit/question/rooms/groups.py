"""By what is grouped: per layer, by region and hemisphere, per month, in bins of 0.05, distributions."""

from functools import partial
from math import floor, log10
from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, first, has, merge, pick
from neuroagent.tasks.circuit.question.rooms.comparisons import of
from neuroagent.tasks.circuit.question.tree import Bin, DatePart, Distance, Expression, Field, OneOf

KEY: Final = "(cat|flag|int|time|idc)"
COLUMNS: Final = ("cat", "flag", "int", "time", "idc")
JOINED: Final = "(comma|and|per|slash|versus)+"
USUAL_BINS: Final = 10
MOST_BINS: Final = 200
DECADE: Final = 10


def expression(value: Column | Expression) -> Expression:
    return of(value)


def _keys(items: Items) -> Items:
    """`each e-type within each layer` is two, `layer and region` one."""
    return [made for part in _each(items) for made in _key(part)]


def _each(items: Items) -> list[Items]:
    """One for every `per`."""
    starts = [place for place, item in enumerate(items) if item.kind == "per"]
    parts = [items[start:stop] for start, stop in zip(starts, [*starts[1:], len(items)], strict=True)]
    return [part for part in parts if has(part, *COLUMNS)]


def _key(part: Items) -> Items:
    return merge(part, "key", tuple(Field(column.name) for column in pick(part, *COLUMNS)))


def _keys_of_ranked(items: Items) -> Items | None:
    """`best products by quantity` says what to rank by, and not whether by its sum or its mean: that is left."""
    parts = _each(items)
    unclear = [part for part in parts if part[0].text.casefold() == "by" and not has(part, "cat", "flag", "time")]
    if len(unclear) == len(parts):
        return None
    return [made for part in parts for made in (part if part in unclear else _key(part))]


def _dated(index: Index, items: Items) -> Items | None:
    times, part = pick(items, "time") or index.of_kind("time"), first(items, "part")
    numbers = pick(items, "int", "num")
    if part == "decade" and len(numbers) == 1:
        return merge(items, "key", (Bin(of(numbers[0]), DECADE),))
    if len(times) != 1 or numbers:
        return None
    return merge(items, "key", (DatePart(times[0].name, part),))


def _joined(items: Items) -> Items:
    return merge(items, "key", tuple(dict.fromkeys(key for keys in pick(items, "key") for key in keys)))


def _binned(items: Items) -> Items | None:
    """`bins` with a width beside it, or with how many."""
    column, width = first(items, "num", "int"), first(items, "number")
    at = next(i for i, item in enumerate(items) if item.kind == "bins")
    if width is None:
        return merge(items, "key", (Bin(of(column), usual_width(column)),)) if isinstance(column, Column) else None
    counted = at > 0 and items[at - 1].kind == "number" and items[at].text.startswith(("bin", "bucket", "equal"))
    if counted and isinstance(width, int) and isinstance(column, Column) and _span(column):
        return merge(items, "key", (Bin(of(column), _span(column) / width, float(str(column.minimum)), width),))
    return merge(items, "key", (Bin(of(column), width),)) if width > 0 else None


def _stepped(items: Items) -> Items | None:
    """`per 200 um of y`."""
    width = first(items, "number")
    return merge(items, "key", (Bin(of(first(items, "num", "int")), width),)) if width > 0 else None


def _sides(items: Items) -> Items | None:
    """`by excitatory/inhibitory`: the column that the values are of."""
    condition = items[-1].value
    is_list = isinstance(condition, OneOf) and len(condition.values) > 1
    if isinstance(condition, OneOf) and not is_list and items[0].text.casefold() == "by":
        return items[1:]  # `recordings by Okafor`
    return merge(items, "key", (Field(condition.column),)) if is_list else None


def _span(column: Column | Distance) -> float:
    low, high = (column.minimum, column.maximum) if isinstance(column, Column) else (0, 0)
    return float(high) - float(low) if isinstance(low, int | float) and isinstance(high, int | float) else 0.0


def usual_width(column: Column) -> float:
    """One, two or five times a power of ten, so that about ten bins come of it."""
    rough = _span(column) / USUAL_BINS
    if rough <= 0:
        return 1.0
    power: float = 10.0 ** floor(log10(rough))
    return float(f"{min((1, 2, 5, 10), key=lambda step: abs(step * power - rough)) * power:.12g}")


def _spread(items: Items) -> Items:
    """A distribution of categories counts them; one of quantities needs bins."""
    kept = [item for item in items if item.kind not in {"histogram", "of"}]
    column = items[-1].value if items[0].kind == "histogram" else items[0].value
    kind = "key"
    made: Expression = Bin(of(column), usual_width(column)) if kept[0].kind == "num" else of(column)
    return [Item("count", items[0].start, items[-1].end), *merge(kept, kind, (made,))]


def groups(index: Index, items: Items) -> Items:
    """Bins first: their width is a number that nothing else may take."""
    m = "(num|int)"
    filler = "(per|with|in|of|be|and|list|histogram|count|comma)*"
    bins = "((number unit? bins+)|(bins+ (of|in)? number? unit? bins*))"
    is_ranked = has(items, "most", "least", "high", "low")
    return apply(
        (
            Rule("histogram (ent|cat|num|int|in|of|be|per)* histogram", lambda found: found[1:]),
            Rule(f"(histogram|count|bins)* of? {m} {filler} {bins}", _binned_kept),
            Rule(f"bins of? {m} (per|in|of)* number unit?(?!bins)", _binned_kept),
            Rule(f"{bins} (of|in|per|with)* {m}", _binned_kept),
            Rule(f"per number unit? (of|in) {m}", _stepped),
            Rule("per pred", _sides),
            Rule("per part ((of|in)? (time|int|num))?", partial(_dated, index)),
            Rule("part of time", partial(_dated, index)),
            Rule(
                f"per (both|distinct)? {KEY} ({JOINED} (both|distinct)? {KEY})*",
                _keys_of_ranked if is_ranked else _keys,
            ),
            Rule("histogram (of|in)? (num)(?!(per|in|with|of)* (bins|number))", _spread),
            Rule("histogram (of|in)? (cat|int|flag)", _spread),
            Rule("key (and|comma|slash)+ key", _joined),
        ),
        items,
    )


def _binned_kept(items: Items) -> Items | None:
    """A histogram counts, and so does "bin them and count"."""
    made = _binned(items)
    if made and has(items, "histogram", "count"):
        return [*made, Item("count", made[0].start, made[0].end)]
    return made
