"""A question's parts as the grammar sees them, and patterns over their kinds."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

#: What the linker finds, and what the rooms make of it.
_kinds = """
skip of in with be list which where id count share in_percent ratio difference distinct per most least common
many few high low more fewer not nor and or both only those missing known starts ends contains contained point
origin axes centroid distance near furthest radius around box extent bins histogram sorted down up limit
versus compare between to than correlation combinations question rank_word op agg part cat flag int num time
idc ent number ordinal date quoted unit word comma slash open close percentile quartile vague whether pred pt
after outer unsettled measure key rank order having only_where limited
"""
KINDS: Final = tuple(_kinds.split())
#: A kind is one letter to a pattern; private ones, so that none means anything to a regular expression.
LETTERS: Final = {kind: chr(0xE000 + place) for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Item:
    kind: str
    start: int
    end: int
    value: Any = None
    text: str = ""  # as the person wrote it; only of what the linker found

    def become(self, kind: str, value: Any = None) -> "Item":
        return replace(self, kind=kind, value=value)


Items = list[Item]
Action = Callable[[Items], Items | None]


@dataclass(frozen=True)
class Rule:
    """Where the pattern fits, what the action makes of the items stands in their place; None leaves them."""

    pattern: str
    action: Action


def apply(rules: Iterable[Rule], items: Items) -> Items:
    """Each rule as long as it changes something, from left to right."""
    for rule in rules:
        items = _exhaust(rule, items)
    return items


def merge(items: Sequence[Item], kind: str, value: Any) -> Items:
    """One in place of many."""
    return [Item(kind, min(item.start for item in items), max(item.end for item in items), value)]


def pick(items: Iterable[Item], *kinds: str) -> list[Any]:
    return [item.value for item in items if item.kind in kinds]


def first(items: Iterable[Item], *kinds: str) -> Any:
    return next(iter(pick(items, *kinds)), None)


def has(items: Iterable[Item], *kinds: str) -> bool:
    return any(item.kind in kinds for item in items)


def _exhaust(rule: Rule, items: Items) -> Items:
    pattern, start = _compiled(rule.pattern), 0
    while match := pattern.search("".join(LETTERS[item.kind] for item in items), start):
        made = rule.action(items[match.start() : match.end()]) if match.group() else None
        if made is None:
            start = match.start() + 1
            continue
        items = [*items[: match.start()], *made, *items[match.end() :]]
        shrank = len(made) < match.end() - match.start()
        start = match.start() + (0 if shrank else len(made))
    return items


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Kinds stand as words; everything else is a regular expression's."""
    return re.compile(re.sub(r"[a-z_]+", lambda word: LETTERS[word.group()], pattern).replace(" ", ""))
