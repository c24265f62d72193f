"""The few words around a hit, in pieces: those that were looked for are marked, and nothing is markup."""

import re
from dataclasses import dataclass
from typing import Final

from neuroagent.app.db.words import words_of

BEFORE: Final = 60  # characters
LONGEST: Final = 240
_run: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Piece:
    text: str
    marked: bool = False


def snippet(text: str, words: frozenset[str]) -> list[Piece]:
    """From a little before the first hit on; put together, the pieces are the text."""
    first = next((run.start() for run in _run.finditer(text) if _is_hit(run[0], words)), 0)
    start = 0 if first <= BEFORE else _after_a_space(text, first - BEFORE, first)
    end = min(len(text), start + LONGEST)
    pieces = [Piece("… ")] if start else []
    pieces += _pieces(text[start:end], words)
    return [*pieces, Piece(" …")] if end < len(text) else pieces


def _pieces(text: str, words: frozenset[str]) -> list[Piece]:
    pieces, at = [], 0
    for run in _run.finditer(text):
        if _is_hit(run[0], words):
            pieces += [Piece(text[at : run.start()]), Piece(run[0], marked=True)]
            at = run.end()
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def _is_hit(run: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(words_of(run))


def _after_a_space(text: str, start: int, before: int) -> int:
    space = re.compile(r"\s").search(text, start, before)
    return space.end() if space else start
