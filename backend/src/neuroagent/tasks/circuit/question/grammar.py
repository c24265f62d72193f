"""A question read without a model: linked, taken through the rooms one after the other, put together."""

from dataclasses import dataclass

from neuroagent.tasks.circuit.question.assemble import assemble
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.items import Items, apply
from neuroagent.tasks.circuit.question.link import link
from neuroagent.tasks.circuit.question.outcome import Unplaced
from neuroagent.tasks.circuit.question.parts import Parts, parts
from neuroagent.tasks.circuit.question.rooms import comparisons, gaps, measures, texts, values
from neuroagent.tasks.circuit.question.rooms.groups import groups
from neuroagent.tasks.circuit.question.rooms.logic import flags_left, negations, towards
from neuroagent.tasks.circuit.question.rooms.orders import orders
from neuroagent.tasks.circuit.question.rooms.ranks import ranks
from neuroagent.tasks.circuit.question.rooms.shares import shares
from neuroagent.tasks.circuit.question.rooms.shares import sides as ratios
from neuroagent.tasks.circuit.question.rooms.sides import sides
from neuroagent.tasks.circuit.question.rooms.space import rooms as space
from neuroagent.tasks.circuit.question.spelling import mend
from neuroagent.tasks.circuit.question.tokens import plain
from neuroagent.tasks.circuit.question.tree import Query


@dataclass(frozen=True)
class Parse:
    """A question's query, and the pieces it was put together from."""

    text: str
    items: Items
    parts: Parts
    query: Query
    mended: tuple[tuple[str, str], ...]


def parse(question: str, index: Index) -> Parse:
    mended = mend(plain(question), index)
    text = mended.text
    items = through_the_rooms(link(text, index), index)
    _refuse_unknown(items, index)
    found = parts(items, index)
    return Parse(text, items, found, assemble(found, index), mended.slips)


def through_the_rooms(items: Items, index: Index) -> Items:
    """In this order, because a later room counts on what an earlier one has made."""
    items = apply((*comparisons.TURNS, *texts.RULES), items)
    items = apply(values.RULES, items)
    items = space(index, items)
    items = apply(gaps.RULES, items)
    items = groups(index, items)
    items = apply((*comparisons.AVERAGES, *measures.RULES), items)
    items = apply(comparisons.rules(index), items)
    items = negations(gaps.known_if_counted(items))
    items = apply(values.RULES, items)
    items = ratios(items)
    items = towards(items)
    items = sides(index, items)
    items = flags_left(items)
    items = shares(items)
    items = ranks(items)
    return orders(items)


def _refuse_unknown(items: Items, index: Index) -> None:
    words = tuple(item.text for item in items if item.kind == "word")
    if words:
        quoted = ", ".join(f"“{word}”" for word in words)
        raise Unplaced(f"I can't place {quoted} in {index.profile.population}.", words)
