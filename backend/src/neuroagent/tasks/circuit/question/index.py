"""What the words of a question can mean in this population: its columns and values under all their names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from neuroagent.tasks.circuit.profile import Column, Profile
from neuroagent.tasks.circuit.question.lexicon import Adjective, Lexicon, Meaning, key, lexicon, singular, stem
from neuroagent.tasks.circuit.question.tokens import NUMBERS, ORDINALS, UNITS, atoms
from neuroagent.tasks.circuit.question.tree import OneOf

FEW_VALUES: Final = 100  # an integer column with no more can stand for groups
SHORTEST_PART: Final = 3
UPRIGHT: Final = "y"  # the axis that layers lie along, as most circuits are written
DEPTH: Final = ("depth", "corticaldepth")  # along it, where no column has the name; but not in which direction
UNIT_WORDS: Final = frozenset(UNITS.replace("?", "").split("|"))


@dataclass(frozen=True)
class Index:
    """Built once for a population; every look-up is a dictionary's."""

    profile: Profile
    synonyms: Mapping[str, str]

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon()

    @cached_property
    def id_column(self) -> Column | None:
        whole = [
            each for each in self.profile.columns if each.type == "integer" and list(atoms(each.name))[-1:] == ["id"]
        ]
        unique = [each for each in whole if each.distinct in {None, self.profile.rows}]
        return self.profile.column("node_id") or next(iter(unique), None)

    def kind(self, column: Column) -> str:
        """What the grammar sees of a column."""
        match column.type:
            case "boolean":
                return "flag"
            case "time":
                return "time"
            case "integer" | "number" if column == self.id_column:
                return "idc"
            case "integer" if column.distinct is not None and column.distinct <= FEW_VALUES:
                return "int"
            case "integer" | "number":
                return "num"
        return "cat"

    def of_kind(self, *kinds: str) -> list[Column]:
        return [column for column in self.profile.columns if self.kind(column) in kinds]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """By every name; a column's own name wins over another's synonym."""
        found: dict[str, Column] = {}
        for column in self.profile.columns:
            # What all rows say tells none of them apart: "in this population" is no wish to see its name.
            for name in _names(column.name) if column.name != "population" or column.distinct != 1 else ():
                found.setdefault(name, column)
        for names in self.lexicon.columns.values():
            there = next((found[name] for name in names if name in found), None)
            if there is not None:
                found |= {name: there for name in names if name not in found}
        for word in DEPTH if UPRIGHT in self.axes_in(found) else ():
            found.setdefault(word, found[UPRIGHT])
        for word, target in self.synonyms.items():
            if (column_ := self.profile.column(target.strip())) is not None:
                found[key(word)] = column_
        return found

    @cached_property
    def parts(self) -> dict[str, tuple[Column, ...]]:
        """Columns by one word of their name: of a quantity any, of a category the last, which says what it is."""
        found: dict[str, dict[str, Column]] = defaultdict(dict)
        for column in self.profile.columns:
            words = [word for word in atoms(_bare(column.name)) if word not in UNIT_WORDS]
            for word in words[-1:] if self.kind(column) == "cat" else words:
                if len(word) >= SHORTEST_PART and len(words) > 1:
                    found[stem(word)][column.name] = column
        return {word: tuple(columns.values()) for word, columns in found.items()}

    @cached_property
    def values(self) -> dict[str, tuple[OneOf, ...]]:
        """Conditions by the name of a value; several where several columns have it."""
        found: dict[str, dict[str, OneOf]] = defaultdict(dict)
        for column in self.of_kind("cat"):
            for value in _texts(column):
                if (name := key(value)) and not name.isdigit():
                    found[name].setdefault(column.name, OneOf(column.name, (value,)))
        for word, condition in self._told():
            found[word] = {condition.column: condition}
        return {name: tuple(columns.values()) for name, columns in found.items()}

    @cached_property
    def field_words(self) -> dict[str, OneOf]:
        """Excitatory, interneuron …: the first column that has one of the values they stand for."""
        found: dict[str, OneOf] = {}
        for word, names in self.lexicon.values.items():
            for column in self.of_kind("cat"):
                by_name = {value.casefold(): value for value in _texts(column)}
                there = next((by_name[name] for name in names if name in by_name), None)
                if there is not None and (column.distinct or 0) <= FEW_VALUES:
                    found.setdefault(word, OneOf(column.name, (there,)))
        return found

    @cached_property
    def value_parts(self) -> dict[str, OneOf]:
        """MC for L5_MC and L6_MC: one part of values, written as they write it, in the column with fewest values."""
        found: dict[str, OneOf] = {}
        for column in sorted(self.of_kind("cat"), key=lambda each: each.distinct or 10**9):
            mine: dict[str, list[str]] = defaultdict(list)
            for value in _texts(column):
                for part in dict.fromkeys(_cased_atoms(value)):
                    if len(part) > 1 and any(letter.isupper() for letter in part):
                        mine[part].append(value)
            for part, values in mine.items():
                found.setdefault(part, OneOf(column.name, tuple(values)))
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """Every single word that means something here, as far as spelling goes."""
        return frozenset(
            (*self.names, *(word for text in self.lexicon.written for word in atoms(text)), *NUMBERS, *ORDINALS)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Those of them that a slip of the keyboard may be mended to: not the small ones, there are too many alike."""
        values = (value for column in self.of_kind("cat") for value in _texts(column))
        own = (*(column.name for column in self.profile.columns), *self.entities, *values, *self.synonyms)
        return frozenset(word for text in (*own, *self.lexicon.telling) for word in atoms(text))

    @cached_property
    def entities(self) -> frozenset[str]:
        """What a row is called."""
        words = list(self.lexicon.entities)
        if any(sign in self.columns for sign in self.lexicon.circuit_signs):
            words += self.lexicon.circuit_entities
        if self.id_column is not None:
            words.append(" ".join(list(atoms(self.id_column.name))[:-1]))
        words += list(atoms(self.profile.population))[-1:]
        return frozenset(singular(key(word)) for word in words if word and not word.isdigit())

    def adjective(self, word: str) -> tuple[Column, Adjective] | None:
        """The column that it is about, if this population has one."""
        adjective = self.lexicon.adjectives.get(word)
        names = adjective.columns if adjective else ()
        own = [name for name in names if name not in DEPTH or self.columns.get(name) != self.columns.get(UPRIGHT)]
        columns = [self.columns.get(name) or next(iter(self.parts.get(stem(name), ())), None) for name in own]
        found = next((column for column in columns if column is not None), None)
        return (found, adjective) if found and adjective else None

    def axes(self) -> tuple[str, ...]:
        """Where a row is in space; none if it isn't."""
        return self.axes_in(self.columns)

    @staticmethod
    def axes_in(columns: Mapping[str, Column]) -> tuple[str, ...]:
        found = [columns.get(axis) for axis in "xyz"]
        return tuple(column.name for column in found if column is not None and column.type in {"integer", "number"})

    def column_meaning(self, column: Column) -> Meaning:
        return Meaning(self.kind(column), column)

    def _told(self) -> Iterator[tuple[str, OneOf]]:
        """Synonyms of this place that are a value: `morph_class = PYR`."""
        for word, target in self.synonyms.items():
            name, equals, value = target.partition("=")
            column = self.profile.column(name.strip())
            if equals and column is not None:
                yield key(word), OneOf(column.name, (value.strip().strip("'\""),))


def _texts(column: Column) -> Iterator[str]:
    return (each.value for each in column.values if isinstance(each.value, str))


def _bare(name: str) -> str:
    """Without the folders that a file may have put it in."""
    return name.replace(":", "/").rpartition("/")[2] or name


def _names(name: str) -> Iterator[str]:
    for form in (name, _bare(name)):
        words = list(atoms(form))
        yield "".join(words) or form
        yield "".join([*words[:-1], singular(words[-1])]) if words else form
        if len(words) > 1 and words[-1] in UNIT_WORDS:
            yield "".join(words[:-1])
        if len(words) == 2:  # noqa: PLR2004 - the year planted is the planted year
            yield words[1] + words[0]


def _cased_atoms(value: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in value).split()
