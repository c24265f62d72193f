"""A question to a population: the grammar first, which costs nothing; the model only where the grammar abstains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from neuroagent.task_schemas.circuit import PreviousQuestion, Tokens
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.model import Model, Trial
from neuroagent.tasks.circuit.question.outcome import Reading
from neuroagent.tasks.circuit.question.read import Abstained, read
from neuroagent.tasks.circuit.question.suggest import suggestions
from neuroagent.tasks.llm import Usage

NO_TOKENS: Final = Tokens()


@dataclass(frozen=True)
class Asked:
    """The statement to run, who wrote it, and how the question was understood."""

    sql: str
    source: Literal["grammar", "model", "cache"]
    reading: str
    tokens: Tokens = NO_TOKENS


@dataclass(frozen=True)
class Unanswered:
    """No statement: why, and questions that would work here."""

    abstained: Abstained
    tokens: Tokens = NO_TOKENS


def ask(
    question: str, index: Index, previous: Sequence[PreviousQuestion], *, model: Model | None, trial: Trial
) -> Asked | Unanswered:
    """A question back is asked whether there is a model or not: the person knows what was meant."""
    found = read(question, index, [before.question for before in previous])
    if isinstance(found, Reading):
        return Asked(found.sql, "grammar", found.text)
    if found.choices:
        return Unanswered(found)
    if model is None:
        return Unanswered(Abstained(f"{found.message} There is no language model here to ask.", (), found.suggestions))
    said = model.read(question, index.profile, previous, trial)
    if said.sql:
        return Asked(said.sql, "model", said.reading, _tokens(said.usage))
    return Unanswered(Abstained(said.reading, (), suggestions(index, question)), _tokens(said.usage))


def _tokens(usage: Usage) -> Tokens:
    return Tokens(model=usage.model, cached=usage.cached, uncached=usage.uncached, completion=usage.completion)
