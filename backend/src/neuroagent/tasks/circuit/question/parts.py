"""What is left when every room has been through, sorted by what it is for; a piece without a place is refused."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Item, Items, has, pick
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.rooms.logic import whole
from neuroagent.tasks.circuit.question.rooms.ranks import Rank
from neuroagent.tasks.circuit.question.tree import (
    Aggregate,
    AllOf,
    Between,
    Compare,
    Condition,
    Expression,
    Measure,
    OnlyWhere,
    Order,
)

NAMES: Final = ("cat", "flag", "int", "num", "time", "idc")
#: Kinds that a query is made of, and those that only held the sentence together.
USED: Final = frozenset(
    (
        *NAMES,
        "pred",
        "measure",
        "key",
        "rank",
        "order",
        "having",
        "only_where",
        "limited",
        "outer",
        "count",
        "ent",
        "axes",
        "id",
    )
)
_loose = """
of in with be list which where and or comma slash both question combinations compare in_percent open close box
histogram distinct unit rank_word point
"""
LOOSE: Final = frozenset(_loose.split())


@dataclass(frozen=True)
class Parts:
    """The pieces by what they are for."""

    where: Condition | None
    keys: tuple[Expression, ...]
    measures: tuple[Measure, ...]
    columns: tuple[Column, ...]
    rank: Rank | None
    order: tuple[Order | bool, ...]
    having: tuple[Any, ...]
    only: tuple[OnlyWhere, ...]
    limit: int | None
    outer: str | None
    is_counted: bool
    in_percent: bool
    is_about_rows: bool  # a noun for rows stands there
    ids: bool
    is_combined: bool
    is_compared: bool
    is_both: bool
    is_list: bool
    is_whether: bool


def parts(items: Items, index: Index) -> Parts:
    _refuse_leftovers(items)
    _refuse_both(items)
    _refuse_nouns(items)
    rank, extremes = _rank(items)
    axes = tuple(column for axis in index.axes() if has(items, "axes") and (column := index.profile.column(axis)))
    return Parts(
        where=whole(items),
        keys=tuple(dict.fromkeys(key for keys in pick(items, "key") for key in keys)),
        measures=tuple(dict.fromkeys((*extremes, *(each for measures in pick(items, "measure") for each in measures)))),
        columns=_columns(items, axes),
        rank=rank,
        order=tuple(pick(items, "order")),
        having=tuple(pick(items, "having")),
        only=tuple(pick(items, "only_where")),
        limit=next(iter(pick(items, "limited")), None),
        outer=next(iter(pick(items, "outer")), None),
        is_counted=has(items, "count") or (has(items, "histogram") and has(items, "key")) or has(items[:1], "question"),
        in_percent=has(items, "in_percent"),
        is_about_rows=has(items, "ent"),
        ids=has(items, "id"),
        is_combined=has(items, "combinations", "which", "distinct", "both"),
        is_whether=has(items[:1], "be"),
        is_compared=has(items, "compare", "versus"),
        is_both=has(items, "both"),
        is_list=has(items, "combinations", "which", "distinct", "list"),
    )


def _refuse_both(items: Items) -> None:
    """`m-types in both hemispheres` are those that are in each, which a list of values can't say."""
    kinds = [item.kind for item in items]
    if any(kinds[place : place + 2] == ["both", "cat"] and "and" not in kinds[place:] for place in range(len(kinds))):
        raise Unread("I can't tell which groups have to be in both; ask for how many of them each has.")


def _refuse_nouns(items: Items) -> None:
    """`the mean age of female subjects`: who are counted, and not what is grouped by."""
    nouns = [other for one, other in pairwise(items) if one.kind == "pred" and other.kind == "cat"]
    if nouns and has(items, "measure", "count"):
        name = nouns[0].value.name
        raise Unread(f"I can't tell whether to group by {name}; say “per {name}”, or leave it out.")


def _columns(items: Items, axes: tuple[Column, ...]) -> tuple[Column, ...]:
    named = pick(items, *NAMES)
    if any(not isinstance(each, Column) for each in named):
        raise Unread("I can't tell what to do with the distance: its average, a limit, or the closest ones?")
    return tuple(dict.fromkeys((*named, *axes)))


def _rank(items: Items) -> tuple[Rank | None, tuple[Measure, ...]]:
    """Both ends of a column are figures, not ranks; after a noun for rows, rows are ranked."""
    ranks: list[Item] = [item for item in items if item.kind == "rank"]
    if len(ranks) > 1:
        return None, tuple(_extreme(item.value) for item in ranks)
    for item in ranks:
        about_rows = any(each.kind == "ent" and each.start < item.start for each in items) or _asks_which_row(items)
        return replace(item.value, rows=item.value.rows or about_rows), ()
    return None, ()


def _asks_which_row(items: Items) -> bool:
    return any(one.kind == "which" and other.kind == "ent" for one, other in pairwise(items))


def _extreme(rank: Rank) -> Measure:
    if rank.rows or rank.by is None or isinstance(rank.by, Measure):
        raise Unread("I can rank by one thing at a time; ask for each on its own.")
    return Aggregate("max" if rank.descending else "min", rank.by)


def _refuse_leftovers(items: Items) -> None:
    if sum(item.kind == "count" and bool(item.text) for item in items) > 1:
        raise Unread("I can count one thing at a time; ask for each on its own.")
    left = [item for item in items if item.kind not in USED and item.kind not in LOOSE]
    if not any(isinstance(value, Compare | Between | AllOf) for value in pick(items, "pred")):
        left += [item for item in items if item.kind in {"box", "point", "unit"}]
    if left:
        words = ", ".join(f"“{item.text or item.kind}”" for item in left)
        raise Unread(f"I know the words, but not what {words} belongs to here.")
