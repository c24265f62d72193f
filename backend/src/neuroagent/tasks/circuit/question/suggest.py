"""Questions that work on this very population, and what comes nearest to a word that it doesn't know."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice, zip_longest
from typing import Final

from neuroagent.tasks.circuit.profile import Column
from neuroagent.tasks.circuit.question.grammar import parse
from neuroagent.tasks.circuit.question.index import FEW_VALUES, UNIT_WORDS, Index
from neuroagent.tasks.circuit.question.lexicon import key
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.tokens import atoms

SUGGESTED: Final = 3
NEAREST: Final = 3
LIKE_ENOUGH: Final = 0.55
ALIKE: Final = 2  # letters
MOST_COMPARED: Final = 300
LONGEST_VALUE: Final = 40


def suggestions(index: Index, question: str = "") -> tuple[str, ...]:
    """About the columns that the question names, if it does; each has been read before it is shown."""
    return tuple(islice((text for text in _candidates(index, question) if _works(text, index)), SUGGESTED))


def nearest(word: str, index: Index) -> tuple[str, ...]:
    """Columns and values that are written alike; of the many values only those that begin alike are compared."""
    wanted = key(word)
    names = {key(column.name): column.name for column in index.profile.columns}
    alike = (name for name in index.values if name[:ALIKE] == wanted[:ALIKE] and name not in names)
    names |= {name: str(index.values[name][0].values[0]) for name in islice(alike, MOST_COMPARED)}
    found = get_close_matches(wanted, list(names), n=NEAREST, cutoff=LIKE_ENOUGH)
    return tuple(names[name] for name in found)


def _works(text: str, index: Index) -> bool:
    try:
        parse(text, index)
    except Unread:
        return False
    return True


def _candidates(index: Index, question: str) -> Iterator[str]:
    rows = _rows(index)
    groups = _first_named([each for each in index.of_kind("cat", "int") if _is_group(each)], question)
    axes = index.axes()
    measured = sorted((each for each in index.of_kind("num") if each.distinct != 1), key=lambda each: each.name in axes)
    quantities = _first_named(measured, question)
    for group, quantity in zip_longest(groups, quantities[: len(groups)]):
        yield f"How many {rows} per {_said(group)}?"
        if quantity is not None:
            yield f"What is the average {_said(quantity)} by {_said(group)}?"
        if (value := _value(group)) is not None:
            yield f"What percentage of {rows} have {_said(group)} {value}?"
        yield f"Which {_said(group)} is the most common?"
    yield from (f"What is the median {_said(quantity)}?" for quantity in quantities)
    yield f"How many {rows} are there?"


def _rows(index: Index) -> str:
    """`recording_id` says what a row is; the node of a circuit is a neuron to people."""
    own = " ".join(list(atoms(index.id_column.name))[:-1]) if index.id_column is not None else ""
    if own and own != "node":
        return f"{own}s"
    return next((f"{word}s" for word in index.lexicon.circuit_entities if word in index.entities), "rows")


def _is_group(column: Column) -> bool:
    return column.distinct is not None and 1 < column.distinct <= FEW_VALUES


def _first_named(columns: list[Column], question: str) -> list[Column]:
    words = {key(word) for word in question.split()}
    return sorted(columns, key=lambda column: key(column.name) not in words)


def _said(column: Column) -> str:
    """As a person would say it: without folders and units."""
    words = list(atoms(column.name.replace(":", "/").rpartition("/")[2]))
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in UNIT_WORDS else words) or column.name


def _value(column: Column) -> str | None:
    values = (each.value for each in column.values if isinstance(each.value, str))
    return next((value for value in values if len(value) <= LONGEST_VALUE and value.replace(" ", "").isalnum()), None)
