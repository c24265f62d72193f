"""Slips of the keyboard mended, where there is one word only that can have been meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.lexicon import singular
from neuroagent.tasks.circuit.question.tokens import Token, tokenise

SHORTEST: Final = 5
LIKELY: Final = 7
LONG: Final = 9


@dataclass(frozen=True)
class Mended:
    text: str
    slips: tuple[tuple[str, str], ...]  # what was written, and what it was taken for


def mend(question: str, index: Index) -> Mended:
    """Only letters are mended: a digit tells names apart, and quoted text is meant as it is written."""
    slips: list[tuple[str, str]] = []
    text, done = "", 0
    for token in tokenise(question):
        right = _right(token, index)
        if right is not None:
            slips.append((token.text, right))
            text += question[done : token.start] + right
            done = token.end
    return Mended(text + question[done:], tuple(slips))


def _right(token: Token, index: Index) -> str | None:
    word = token.key
    if token.kind != "word" or len(word) < SHORTEST or not word.isalpha():
        return None
    if word in index.words or singular(word) in index.words:
        return None
    return _closest(word, index)


def _closest(word: str, index: Index) -> str | None:
    allowed = 2 if len(word) >= LONG else 1
    near = {known: slips(word, known, allowed) for known in _candidates(word, index)}
    found = {known: distance for known, distance in near.items() if distance <= allowed and _is_likely(word, known)}
    least = min(found.values(), default=0)
    best = {singular(known): known for known, distance in found.items() if distance == least}
    return next(iter(best.values())) if len(best) == 1 else None


def _is_likely(word: str, known: str) -> bool:
    """In a short word another letter makes another word, and so does an ending: plane, place; healthy, health."""
    if word.startswith(known) or known.startswith(word):
        return False
    return len(word) >= LIKELY or len(word) != len(known) or sorted(word) == sorted(known)


def _candidates(word: str, index: Index) -> Iterator[str]:
    """The first letter is hardly ever the wrong one."""
    return (known for known in index.names if known[0] == word[0] and len(known) >= SHORTEST and known.isalpha())


def slips(one: str, other: str, most: int) -> int:
    """Letters left out, put in, changed, or swapped with their neighbour; `most` + 1 for more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, before_above, row = row, before, [i]
        for j, there in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, before_above[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most:
            return most + 1
    return row[-1]
