"""Questions that lean on the one before: and only in layer 5? as percentages; by region instead; and the median?"""

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from neuroagent.tasks.circuit.question.assemble import COUNT, ordered
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Items, has, pick
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.parts import LOOSE, USED, Parts, parts
from neuroagent.tasks.circuit.question.rooms.comparisons import of
from neuroagent.tasks.circuit.question.rooms.logic import subject
from neuroagent.tasks.circuit.question.rooms.measures import aggregate
from neuroagent.tasks.circuit.question.tree import (
    Aggregate,
    AllOf,
    Condition,
    Field,
    GroupShare,
    Having,
    Measure,
    Order,
    Query,
    Share,
    both,
)

ALLOWED: Final = USED | LOOSE | {"only", "those", "agg", "not", "down", "up", "high", "to", "rank_word", "unit"}

_opener = re.compile(
    r"\s*(and|but|also|only|now|just|what about|how about|same|again|instead|(of|among) (those|these|them)"
    r"|(show|give|make|do|sort|order|group|split|break|list|plot) (me )?(that|it|this|them|the same))\b"
    r"|.*\b(instead|as well|too)\W*$",
    re.IGNORECASE,
)
_in_place = re.compile(r"\b(instead|what about|how about)\b", re.IGNORECASE)
_added = re.compile(r"\s*(and|also)\b|.*\b(as well|too|also|additionally)\b", re.IGNORECASE)


def leans(text: str, items: Items) -> bool:
    """It says so, or has nothing that it is about."""
    about = ("measure", "count", "rank", "ent", "cat", "num", "int", "time", "id", "axes")
    return bool(_opener.match(text)) or not has(items, *about)


@dataclass(frozen=True)
class Added:
    """What a follow-up says, and how it says it."""

    text: str
    parts: Parts
    aggregates: tuple[Any, ...]
    is_narrower: bool

    @property
    def is_in_place(self) -> bool:
        return bool(_in_place.search(self.text))

    @property
    def is_added(self) -> bool:
        return bool(_added.match(self.text))


def added(text: str, items: Items, index: Index) -> Added:
    strange = [item.text for item in items if item.kind not in ALLOWED]
    if strange:
        raise Unread(f"I know the words, but not what {', '.join(f'“{each}”' for each in strange)} belongs to here.")
    only = [item.become("pred", item.value.condition) if item.kind == "only_where" else item for item in items]
    known = [item for item in only if item.kind in USED | LOOSE]
    return Added(text, parts(known, index), tuple(pick(items, "agg")), has(items, "only_where", "only"))


def follow(before: Query, more: Added) -> Query:
    """The question before, with what the new one says put in its place or added."""
    query = replace(before, where=_where(before.where, more))
    for change in (_keys, _measures, _percent, _rank, _having, _order):
        query = change(query, more)
    if query == before:
        raise Unread("I can't tell what that changes about the question before.")
    return query


def _where(before: Condition | None, more: Added) -> Condition | None:
    """`and in layer 5?` after layer 4 means the other layer; `only` narrows what there is."""
    now = more.parts.where
    if now is None or before is None or more.is_narrower:
        return both(before, now)
    subjects = {subject(part) for part in _parts(now)}
    kept = tuple(part for part in _parts(before) if subject(part) not in subjects)
    return both(AllOf(kept) if len(kept) > 1 else kept[0] if kept else None, now)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def _keys(query: Query, more: Added) -> Query:
    keys = (*more.parts.keys, *(Field(column.name) for column in more.parts.columns if column.type != "number"))
    if not keys or more.parts.rank is not None:
        return query
    measures = query.measures or (COUNT,)
    if isinstance(measures[0], GroupShare) and more.is_added:
        measures = (GroupShare(within=query.keys),)
    grouped = (*query.keys, *keys) if more.is_added else keys
    return replace(
        query, keys=tuple(dict.fromkeys(grouped)), measures=measures, shown=(), order=(), best=None, limit=None
    )


def _measures(query: Query, more: Added) -> Query:
    if more.parts.measures:
        return replace(query, measures=more.parts.measures, order=(), shown=())
    columns = [column for column in more.parts.columns if column.type == "number"]
    if more.aggregates:
        abouts = [of(column) for column in columns] or [
            m.of for m in query.measures if isinstance(m, Aggregate) and m.of
        ]
        made = tuple(aggregate(name, about) for name in more.aggregates for about in dict.fromkeys(abouts))
        return replace(query, measures=made or query.measures, order=())
    if columns and query.measures and all(isinstance(m, Aggregate) and m.of for m in query.measures):
        made = tuple(
            replace(m, of=of(column)) for m in query.measures for column in columns if isinstance(m, Aggregate)
        )
        return replace(query, measures=made, order=())
    if more.parts.is_counted:
        return replace(query, measures=(COUNT,), shown=(), order=(), best=None, limit=None)
    return query


def _percent(query: Query, more: Added) -> Query:
    """Of a count in groups each one's share; of a count of some rows their share of all."""
    if not more.parts.in_percent or query.measures != (COUNT,) or query.outer is not None:
        return query
    if query.keys:
        orders = tuple(replace(order, by=GroupShare()) if order.by == COUNT else order for order in query.order)
        return replace(query, measures=(GroupShare(),), order=orders)
    if query.where is None:
        return query
    return replace(query, measures=(Share(query.where),), where=None)


def _rank(query: Query, more: Added) -> Query:
    rank = more.parts.rank
    count = more.parts.limit if rank is None else rank.count
    if rank is None:
        return query if count is None else _first(query, count)
    by = rank.by if isinstance(rank.by, Measure) and rank.by in query.measures else next(iter(query.measures), rank.by)
    if by is None:
        raise Unread("I can't tell what to rank by.")
    if isinstance(by, Measure) and not query.measures:
        raise Unread("I can't rank rows by a figure of all of them; name a column to rank by.")
    return replace(query, order=(Order(by, rank.descending),), limit=count or 1, offset=rank.first - 1)


def _first(query: Query, count: int) -> Query:
    order = query.order or tuple(Order(measure, descending=True) for measure in query.measures[:1] if query.keys)
    return replace(query, order=order, limit=count)


def _having(query: Query, more: Added) -> Query:
    if not more.parts.having or not query.keys or not query.measures:
        return query
    told = tuple(each if isinstance(each, Having) else Having(query.measures[-1], *each) for each in more.parts.having)
    return replace(query, having=(*query.having, *told))


def _order(query: Query, more: Added) -> Query:
    for told in more.parts.order:
        order = ordered(told, query)
        if order is not None:
            return replace(query, order=(order,))
    return query
