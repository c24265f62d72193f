"""The words of questions, out of `words.toml`, as the index and the linker look them up."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from neuroagent.tasks.circuit.question.tokens import atoms

#: Words that hold a sentence together; a column or a value of the same name must come in another form.
_core = """
in of by is to or and no not a an the with per for from at on than do does be it i are was were how many
"""
CORE: Final = frozenset(_core.split())


SHORT: Final = 4
SHORTEST: Final = 2  # letters that a word may be left with

_telling = """
agg count share ratio difference distinct most least high low histogram correlation centroid distance missing
percentile sorted down up compare combinations part
"""
TELLING: Final = frozenset(_telling.split())


@dataclass(frozen=True)
class Meaning:
    """What a phrase can be: a kind that the grammar knows, and what goes with it."""

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Adjective:
    columns: tuple[str, ...]
    operator: str  # of a comparison
    superlative: bool


@dataclass(frozen=True)
class Lexicon:
    phrases: dict[str, Meaning]
    adjectives: dict[str, Adjective]
    columns: dict[str, tuple[str, ...]]
    values: dict[str, tuple[str, ...]]
    entities: tuple[str, ...]
    circuit_entities: tuple[str, ...]
    circuit_signs: tuple[str, ...]
    written: tuple[str, ...]  # every phrase, as it is spelled
    telling: tuple[str, ...]  # those that are more than a joint of the sentence


def key(text: str) -> str:
    """The same for every way to write a phrase: m-type, m type, M_Type."""
    return "".join(atoms(text)) or text.strip()


def singular(word: str) -> str:
    """Close enough: it only has to agree with itself."""
    if len(word) > SHORT and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > SHORT and re.search(r"(s|x|z|ch|sh)es$", word):
        return word[:-2]
    if len(word) > SHORTEST and word.endswith("s") and not re.search(r"(ss|us|is)$", word):
        return word[:-1]
    return word


def stem(word: str) -> str:
    """Planting, planted and plants are one."""
    short = re.sub(r"(ing|ed|e)$", "", singular(word))
    return short if len(short) > SHORTEST else word


@cache
def lexicon() -> Lexicon:
    raw = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    phrases = dict(_phrases(raw))
    return Lexicon(
        phrases={key(phrase): meaning for phrase, meaning in phrases.items()},
        adjectives=dict(_adjectives(raw["adjectives"])),
        columns={name: tuple(key(each) for each in (name, *others)) for name, others in raw["columns"].items()},
        values={key(word): tuple(names) for word, names in raw["values"].items()},
        entities=tuple(raw["entities"]["any"]),
        circuit_entities=tuple(raw["entities"]["circuit"]),
        circuit_signs=tuple(key(sign) for sign in raw["entities"]["signs"]),
        written=tuple(_written(raw, phrases)),
        telling=tuple(_written(raw, (phrase for phrase, meaning in phrases.items() if meaning.kind in TELLING))),
    )


def _phrases(raw: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    yield from _of_kind("op", raw["operators"])
    yield from _of_kind("after", raw["operators_after"])
    yield from _of_kind("agg", raw["aggregates"])
    yield from _of_kind("part", raw["dates"]["parts"])
    for kind, phrases in raw["kinds"].items():
        yield from ((phrase, Meaning(kind)) for phrase in phrases)


def _written(raw: dict[str, Any], phrases: Iterable[str]) -> Iterator[str]:
    yield from phrases
    yield from raw["values"]
    for names in raw["columns"].values():
        yield from names
    for each in raw["adjectives"].values():
        yield from (word for degree in ("more", "less", "most", "least") for word in each.get(degree, ()))


def _of_kind(kind: str, table: dict[str, Iterable[str]]) -> Iterator[tuple[str, Meaning]]:
    return ((phrase, Meaning(kind, value)) for value, phrases in table.items() for phrase in phrases)


def _adjectives(raw: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Adjective]]:
    for each in raw.values():
        columns = tuple(each["columns"])
        for degree, operator, superlative in (
            ("more", ">", False),
            ("less", "<", False),
            ("most", ">", True),
            ("least", "<", True),
        ):
            yield from ((key(word), Adjective(columns, operator, superlative)) for word in each.get(degree, ()))
