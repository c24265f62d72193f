"""What can come of reading a question: a query with its reading, a question back, or a plain "I can't"."""

from dataclasses import dataclass

from neuroagent.tasks.circuit.question.tree import Query


@dataclass(frozen=True)
class Reading:
    """How the question was understood, part by part."""

    query: Query
    sql: str
    text: str
    summary: str = ""


@dataclass(frozen=True)
class Choice:
    """One way to read an ambiguous question; asking `question` takes it."""

    label: str
    question: str


class Unread(Exception):
    """The grammar doesn't answer; the message says why, to the person."""


class Unplaced(Unread):
    """A word that is neither a name nor a value of this population, nor one of the grammar's."""

    def __init__(self, message: str, words: tuple[str, ...] = (), nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.words = words
        self.nearest = nearest


class Ambiguous(Unread):
    """A word that is several things here; each of the choices stands in its place."""

    def __init__(self, message: str, start: int, end: int, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message)
        self.place = (start, end)
        self.choices = choices  # a label, and the words to put in its place


class HowFar(Unread):
    """An "or" that may reach over one condition or several; each way is the stretches that belong together."""

    def __init__(self, *ways: tuple[tuple[int, int], ...]) -> None:
        super().__init__("I can't tell how far the “or” reaches. Which is meant?")
        self.ways = ways
