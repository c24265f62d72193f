"""What is searched: a text's words, folded so that SQLite and PostgreSQL find alike, and a query put to either."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MOST_TERMS: Final = 32
_term: Final = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')


class _Folding(dict[int, str]):
    """Case, accents and compatibility forms are gone; what is neither letter nor digit parts words."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        self[code] = "".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
        return self[code]


_folding: Final = _Folding()


def words_of(text: str) -> list[str]:
    return text.translate(_folding).split()


class TooManyTerms(ValueError):
    """A query of so many words that nobody has typed it."""


@dataclass(frozen=True)
class Term:
    """One word, or some in a row."""

    words: tuple[str, ...]
    is_excluded: bool = False

    @property
    def quoted(self) -> str:
        return f'"{" ".join(self.words)}"'  # folded words have no quotes


@dataclass(frozen=True)
class Wanted:
    """What a person looks for: any of the groups, each with all of its terms."""

    groups: tuple[tuple[Term, ...], ...]

    @classmethod
    def read(cls, query: str) -> "Wanted":
        """`word`, `"some words in a row"`, `-without`, `this or that`; whatever else it holds is no syntax."""
        groups: list[list[Term]] = [[]]
        for minus, phrase, word in _term.findall(query):
            words = tuple(words_of(phrase or word))
            if words == ("or",) and word and not minus:
                groups.append([])
            elif words:
                groups[-1].append(Term(words, bool(minus)))
        if sum(map(len, groups)) > MOST_TERMS:
            raise TooManyTerms(f"A search may have {MOST_TERMS} words at most; leave some out.")
        said = (tuple(group) for group in groups if any(not term.is_excluded for term in group))
        return cls(tuple(said))  # what only leaves out isn't looked for: it would find everything

    @property
    def words(self) -> frozenset[str]:
        """Those that a hit may have."""
        terms = [term for group in self.groups for term in group if not term.is_excluded]
        return frozenset(word for term in terms for word in term.words)

    @property
    def for_sqlite(self) -> str:
        """As FTS5 reads it."""
        return " OR ".join(f"({_for_sqlite(group)})" for group in self.groups)

    @property
    def for_postgres(self) -> str:
        """As `websearch_to_tsquery` reads it."""
        groups = (" ".join("-" * term.is_excluded + term.quoted for term in group) for group in self.groups)
        return " or ".join(groups)


def _for_sqlite(group: tuple[Term, ...]) -> str:
    sought = " AND ".join(term.quoted for term in group if not term.is_excluded)
    excluded = " OR ".join(term.quoted for term in group if term.is_excluded)
    return f"({sought}) NOT ({excluded})" if excluded else sought
