"""The pieces of a question put together into one query; or the reason why they can't be."""

from dataclasses import replace
from typing import Any, Final

from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.parts import Parts
from neuroagent.tasks.circuit.question.rooms.comparisons import of
from neuroagent.tasks.circuit.question.rooms.ranks import Rank
from neuroagent.tasks.circuit.question.tree import (
    Aggregate,
    Best,
    Bin,
    Condition,
    Expression,
    Field,
    GroupShare,
    Having,
    Matches,
    Measure,
    Missing,
    Not,
    OneOf,
    Order,
    Query,
    both,
)

COUNT: Final = Aggregate("count")


def assemble(found: Parts, index: Index) -> Query:
    if found.rank is not None:
        query = _ranked(found, found.rank, index)
    elif _counts_groups(found):
        query = _counted_groups(found, index)
    elif found.measures or found.is_counted:
        query = _measured(found, index)
    elif found.only or any(isinstance(having, Having) for having in found.having):
        query = _held(found)
    else:
        query = _listed(found, index)
    return _finished(query, found)


def _counts_groups(found: Parts) -> bool:
    """`how many regions have more than 300 cells`."""
    is_held = bool(found.only) or any(isinstance(having, Having) for having in found.having)
    distinct = [each for each in found.measures if isinstance(each, Aggregate) and each.function == "distinct"]
    return is_held and len(distinct) == len(found.measures) == 1 and not found.keys and not found.columns


def _counted_groups(found: Parts, index: Index) -> Query:
    distinct = found.measures[0]
    key = distinct.of if isinstance(distinct, Aggregate) else None
    if not isinstance(key, Field):
        raise Unread("I can't tell what to count.")
    gap = _gap(key, index)
    return Query(keys=(key,), where=_and(found.where, [gap] if gap else []), outer="count")


def _measured(found: Parts, index: Index) -> Query:
    """Columns beside a measure are what it is grouped by."""
    keys = _all_keys(found)
    measures = found.measures
    if found.is_counted and not any(_counts(measure) for measure in measures):
        measures = (*measures, COUNT)
    if found.in_percent and measures == (COUNT,):
        measures = (_percent(keys),)
    return Query(keys=keys, measures=measures, where=_and(found.where, _binned_gaps(keys, index)))


def _binned_gaps(keys: tuple[Expression, ...], index: Index) -> list[Condition]:
    """What has no value is in no bin."""
    fields = [key.of for key in keys if isinstance(key, Bin) and isinstance(key.of, Field)]
    return [gap for field in fields if (gap := _gap(field, index))]


def _percent(keys: tuple[Expression, ...]) -> Measure:
    if not keys:
        raise Unread("I can't tell what the percentage is of; say “percentage of … that are …”.")
    return GroupShare()


def _counts(measure: Measure) -> bool:
    return not isinstance(measure, Aggregate) or measure.function in {"count", "distinct"}


def _all_keys(found: Parts) -> tuple[Expression, ...]:
    for column in found.columns:
        if column.type == "number":
            raise Unread(f"I can't tell what to do with {column.name}: an average, a range, or bins of it?")
    return tuple(dict.fromkeys((*found.keys, *(Field(column.name) for column in found.columns))))


def _held(found: Parts) -> Query:
    """Groups that fulfil something; what it is about is shown beside them."""
    keys = _all_keys(found)
    if not keys:
        raise Unread("I can't tell which groups are meant; name what to group by.")
    measures = tuple(having.measure for having in found.having if isinstance(having, Having))
    others = tuple(
        having.right for having in found.having if isinstance(having, Having) and isinstance(having.right, Aggregate)
    )
    return Query(keys=keys, measures=measures + others, where=found.where)


def _listed(found: Parts, index: Index) -> Query:
    """Neither counted nor measured: distinct values, or the rows themselves."""
    quantities = [column for column in found.columns if column.type in {"number", "integer", "time"}]
    categories = tuple(of(column) for column in found.columns if column not in quantities)
    if (found.ids and index.id_column is not None) or quantities:
        return Query(shown=_shown(found, index), where=found.where)
    if len(categories) > 1 and found.is_about_rows and not found.keys and not found.is_combined:
        return Query(shown=categories, where=found.where)
    if categories or (found.keys and not found.is_about_rows and found.is_list):
        return _distinct((*categories, *found.keys), found, index)
    if found.keys:
        return Query(keys=found.keys, measures=(GroupShare(),) if found.in_percent else (COUNT,), where=found.where)
    if isinstance(found.where, Matches) and not found.is_about_rows:
        return Query(keys=(Field(found.where.column),), where=found.where)
    return _rows(found)


def _in_each(keys: tuple[Expression, ...], where: OneOf) -> Query:
    """`m-types in both layer 4 and layer 5` are in the one and in the other."""
    having = Having(Aggregate("distinct", Field(where.column)), "=", len(where.values))
    return Query(keys=keys, measures=(having.measure,), where=where, having=(having,))


def _distinct(keys: tuple[Expression, ...], found: Parts, index: Index) -> Query:
    if found.is_compared:
        raise Unread("I can't tell by what to compare them; name a figure, as in “compare the average …”.")
    if found.is_both and isinstance(found.where, OneOf) and len(found.where.values) > 1:
        return _in_each(keys, found.where)
    gaps = [each for key in keys if isinstance(key, Field) and (each := _gap(key, index))]
    return Query(keys=tuple(dict.fromkeys(keys)), where=_and(found.where, gaps))


def _rows(found: Parts) -> Query:
    if found.is_whether:
        raise Unread("That wants a yes or a no; ask how many, or what percentage.")
    if not found.is_about_rows and found.where is None:
        raise Unread("I can't tell what is asked for: a count, a list, an average?")
    if found.in_percent or found.is_compared:
        raise Unread("I can't tell what to compare or to take the percentage of; name a figure or a group.")
    return Query(where=found.where)


def _gap(key: Field, index: Index) -> Condition | None:
    """Nothing is not a value: where some rows have none, the list leaves that out."""
    column = index.profile.column(key.column)
    return Not(Missing(key.column)) if column is not None and column.missing else None


def _and(where: Condition | None, more: list[Condition]) -> Condition | None:
    for condition in more:
        where = both(where, condition)
    return where


def _shown(found: Parts, index: Index) -> tuple[Expression, ...]:
    """Of one row its figures; of several also which row it is."""
    columns = tuple(of(column) for column in found.columns)
    name = index.id_column.name if index.id_column else ""
    one_row = name and f"'{name}'" in repr(found.where) and not found.ids
    return columns if one_row or not name else tuple(dict.fromkeys((Field(name), *columns)))


def _ranked(found: Parts, rank: Rank, index: Index) -> Query:
    if not isinstance(rank.by, Measure) and rank.by is not None:
        return _ranked_by_quantity(found, rank, rank.by, index)
    target = tuple(of(column) for column in found.columns)
    if not target and not found.keys:
        raise Unread("I can't tell what is to be ranked; name a column, as in “most common layer”.")
    keys = tuple(dict.fromkeys((*found.keys, *target)))
    by: Measure = rank.by or COUNT
    measures = tuple(dict.fromkeys((by, *(each for each in found.measures if each != rank.by))))
    gaps = [each for key in (target or keys) if isinstance(key, Field) and (each := _gap(key, index))]
    query = Query(keys=keys, measures=measures, where=_and(found.where, gaps))
    return _best(query, rank, found.keys if target else ())


def _ranked_by_quantity(found: Parts, rank: Rank, by: Expression, index: Index) -> Query:
    """Rows where rows are asked for; else the group, or the figure itself."""
    about_rows = rank.rows or (found.is_about_rows and rank.count is not None)
    extreme = Aggregate("max" if rank.descending else "min", by)
    targets = tuple(of(column) for column in found.columns if of(column) != by)
    if targets and not about_rows:
        query = Query(keys=(*found.keys, *targets), measures=(extreme,), where=found.where)
        return _best(query, replace(rank, by=extreme), found.keys)
    if not about_rows:
        return Query(keys=found.keys, measures=(extreme,), where=found.where)
    name = (Field(index.id_column.name),) if index.id_column else ()
    there = [Not(Missing(by.column))] if isinstance(by, Field) and _gap(by, index) else []
    query = Query(shown=tuple(dict.fromkeys((*found.keys, *name, *targets, by))), where=_and(found.where, list(there)))
    return _best(query, rank, found.keys)


def _best(query: Query, rank: Rank, per: tuple[Expression, ...]) -> Query:
    assert rank.by is not None  # noqa: S101 - for the type checker; every rank that comes here has one
    order = (Order(rank.by, rank.descending),)
    if per and isinstance(rank.by, GroupShare):
        raise Unread("I can't rank shares within groups; rank the counts, which are in the same order.")
    if per:
        return replace(query, order=order, best=Best(rank.count or 1, per, rank.first))
    return replace(query, order=order, limit=rank.count or 1, offset=rank.first - 1)


def _finished(query: Query, found: Parts) -> Query:
    having = tuple(_having(each, query) for each in found.having) + found.only
    orders = tuple(order for each in found.order if (order := ordered(each, query)) is not None)
    if having and not query.keys:
        raise Unread("I can't tell which groups are to be left out; name what to group by.")
    limit = query.limit if found.limit is None else found.limit
    orders = query.order or orders or _first_of(query, limit)
    sorted_by = [order.by for order in orders]
    measures = query.measures or tuple(by for by in sorted_by if query.keys and isinstance(by, Measure))
    if found.outer is not None:
        query = _outer(query, found.outer)
    return replace(query, having=(*query.having, *having), order=orders, limit=limit, measures=measures)


def _outer(query: Query, outer: str) -> Query:
    if not query.keys or len(query.measures) != 1 or query.limit is not None:
        raise Unread("I can't tell over which groups to take that figure; say “per …”.")
    return replace(query, outer=outer)


def _first_of(query: Query, limit: int | None) -> tuple[Order, ...]:
    """The first so many groups are those with the most."""
    is_cut = limit is not None and query.keys and query.measures
    return (Order(query.measures[0], descending=True),) if is_cut else ()


def _having(told: Any, query: Query) -> Having:
    if isinstance(told, Having):
        return told
    operator, number = told
    if not query.measures:
        raise Unread("I can't tell what the limit is about.")
    return Having(query.measures[-1], operator, number)


def ordered(told: Order | bool | tuple[str, bool], query: Query) -> Order | None:
    """By the measure of a column where the column itself is not to be seen."""
    if isinstance(told, tuple):
        function, down = told
        named = [each for each in query.measures if isinstance(each, Aggregate) and each.function == function]
        return Order(named[0], down) if named else None
    if isinstance(told, bool):
        shown = (*query.measures, *query.keys, *query.shown)
        return Order(shown[0], told) if shown else None
    by_what_is_shown = told.by == COUNT and COUNT not in query.measures
    if by_what_is_shown and query.measures:
        return Order(query.measures[0], told.descending)
    grouped = bool(query.keys or query.measures)
    if not grouped and isinstance(told.by, Measure):
        raise Unread("I can't sort rows by a figure of all of them; name a column to sort by.")
    if grouped and not isinstance(told.by, Measure) and told.by not in query.keys:
        about = [each for each in query.measures if isinstance(each, Aggregate) and each.of == told.by]
        if not about:
            raise Unread("I can't sort groups by something that isn't shown; ask for its average, or its sum.")
        return Order(about[0], told.descending)
    return told
