"""Tier 0: a question, and those before it, read into SQL without a model; or the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from neuroagent.tasks.circuit.question.follow_up import added, follow, leans
from neuroagent.tasks.circuit.question.grammar import Parse, parse, through_the_rooms
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.link import link
from neuroagent.tasks.circuit.question.outcome import Ambiguous, Choice, HowFar, Reading, Unplaced, Unread
from neuroagent.tasks.circuit.question.reading import described, summarised
from neuroagent.tasks.circuit.question.spelling import mend
from neuroagent.tasks.circuit.question.sql import write
from neuroagent.tasks.circuit.question.suggest import nearest, suggestions
from neuroagent.tasks.circuit.question.tokens import plain
from neuroagent.tasks.circuit.question.tree import Query

LONGEST: Final = 500  # letters; whoever writes more wants to be understood by more than a grammar


@dataclass(frozen=True)
class Abstained:
    """No answer, and why; with choices it is a question back."""

    message: str
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[str, ...] = ()


def read(question: str, index: Index, previous: Sequence[str] = ()) -> Reading | Abstained:
    """The previous ones oldest first; those that the grammar can't read are passed over."""
    try:
        return _read(question, index, previous)
    except Ambiguous as doubt:
        return Abstained(str(doubt), _choices(question, doubt, index))
    except HowFar as doubt:
        return Abstained(str(doubt), _bracketed(question, doubt, index))
    except Unplaced as unplaced:
        return Abstained(_with_nearest(unplaced, index), suggestions=suggestions(index, question))
    except Unread as unread:
        return Abstained(str(unread), suggestions=suggestions(index, question))


def _read(question: str, index: Index, previous: Sequence[str]) -> Reading:
    if len(question) > LONGEST:
        raise Unread(f"That is longer than the {LONGEST} letters that I read without a model.")
    before = _before(previous, index)
    query, parsed = _query(question, index, before)
    text = described(parsed) if parsed else f"the question before, now: {summarised(query)}"
    return Reading(query, write(query), text)


def _before(previous: Sequence[str], index: Index) -> Query | None:
    """The thread so far as one query."""
    query: Query | None = None
    for question in previous:
        try:
            query, _ = _query(question, index, query)
        except Unread:
            query = None
    return query


def _query(question: str, index: Index, before: Query | None) -> tuple[Query, Parse | None]:
    if before is None:
        parsed = parse(question, index)
        return parsed.query, parsed
    text = mend(plain(question), index).text
    items = through_the_rooms(link(text, index), index)
    if leans(text, items):
        return follow(before, added(text, items, index)), None
    parsed = parse(question, index)
    return parsed.query, parsed


def _choices(question: str, doubt: Ambiguous, index: Index) -> tuple[Choice, ...]:
    start, end = doubt.place
    text = mend(plain(question), index).text
    return tuple(Choice(label, f"{text[:start]}{words}{text[end:]}") for label, words in doubt.choices)


def _bracketed(question: str, doubt: HowFar, index: Index) -> tuple[Choice, ...]:
    text = mend(plain(question), index).text
    ways = [_with_brackets(text, way) for way in doubt.ways]
    return tuple(Choice(way, way) for way in ways)


def _with_brackets(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(stretches):
        text = f"{text[:start]}({text[start:end]}){text[end:]}"
    return text


def _with_nearest(unplaced: Unplaced, index: Index) -> str:
    """A value that a column hasn't got comes with the column's own."""
    if unplaced.nearest:
        return str(unplaced)
    close = [f"“{word}” is close to {', '.join(found)}" for word in unplaced.words if (found := nearest(word, index))]
    if not close:
        names = ", ".join(column.name for column in index.profile.columns[:12])
        return f"{unplaced} Its columns are {names}."
    return f"{unplaced} {'; '.join(close)}."
