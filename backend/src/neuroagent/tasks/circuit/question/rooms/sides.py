"""Two groups side by side: EXC versus INH, compare oak and birch, in the left and in the right hemisphere."""

from typing import Final

from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, has, merge, pick
from neuroagent.tasks.circuit.question.tree import Field, OneOf

TWO: Final = 2


def _against(items: Items) -> Items | None:
    """Both sides of one column: only their rows, grouped by it."""
    one, other = pick(items, "pred")
    if not (isinstance(one, OneOf) and isinstance(other, OneOf)) or one.column != other.column:
        return None
    return _grouped(items, OneOf(one.column, tuple(dict.fromkeys((*one.values, *other.values)))))


def _more(items: Items) -> Items | None:
    """`are there more A or B?` is answered by both numbers."""
    condition = items[1].value
    if not isinstance(condition, OneOf) or len(condition.values) != TWO:
        return None
    return [Item("count", items[0].start, items[0].end), *_grouped(items[1:], condition)]


def _flag(items: Items) -> Items:
    """`express versus normal`: what stands against a truth is its opposite, whatever it is called."""
    flags = [*pick(items, "flag"), *(item.value for item in items if item.kind == "pred")]
    column = flags[0].column if isinstance(flags[0], OneOf) else flags[0].name
    return merge(items, "key", (Field(column),))


def _grouped(items: Items, condition: OneOf) -> Items:
    return [*merge(items, "key", (Field(condition.column),)), *merge(items, "pred", condition)]


def sides(index: Index, items: Items) -> Items:
    items = apply(
        (
            Rule("pred ent? (be|question)* versus (in|with|of)* pred", _against),
            Rule("more pred", _more),
            Rule("flag ent? versus (not? flag|word|pred|not)", _flag),
            Rule("compare (of|in)? flag (and|to|versus) (not flag|word)", _flag),
        ),
        items,
    )
    wanted = has(items, "compare", "versus") and not has(items, "key")
    return [made for item in items for made in (_split(item, index, wanted) if item.kind == "pred" else [item])]


def _split(item: Item, index: Index, wanted: bool) -> Items:
    """Also unasked where the values are all that there are: as a condition they would say nothing."""
    condition = item.value
    if not isinstance(condition, OneOf) or len(condition.values) < TWO:
        return [item]
    column = index.profile.column(condition.column)
    is_all = column is not None and column.distinct == len(condition.values)
    return _grouped([item], condition) if wanted or is_all else [item]
