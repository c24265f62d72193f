"""Grammar first, model where it abstains."""

from collections.abc import Iterator

import pytest
from openai_server import OpenAiServer, openai_server
from question_sets import Table

from neuroagent.tasks.circuit.question.ask import Asked, Unanswered, ask
from neuroagent.tasks.circuit.question.model import Model
from neuroagent.tasks.llm import Llm, LlmSettings

SAID = {"answerable": True, "sql": "SELECT 1 FROM neurons", "reading": "one"}


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as running:
        yield running


@pytest.fixture
def model(server: OpenAiServer) -> Model:
    return Model(Llm(LlmSettings(base_url=server.url, model="small", timeout=20)))


def asked(question: str, neurons: Table, model: Model | None) -> Asked | Unanswered:
    return ask(question, neurons.index, (), model=model, trial=lambda _: None)


def test_what_the_grammar_reads_costs_nothing(server: OpenAiServer, model: Model, neurons: Table) -> None:
    found = asked("how many cells are there?", neurons, model)

    assert isinstance(found, Asked)
    assert (found.source, found.tokens.completion, server.asked) == ("grammar", 0, [])


def test_the_model_is_asked_where_the_grammar_abstains(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [SAID]

    found = asked("is there something odd in there?", neurons, model)

    assert isinstance(found, Asked)
    assert (found.source, found.sql) == ("model", SAID["sql"])
    assert (found.tokens.model, found.tokens.cached, found.tokens.uncached) == ("small", 64, 36)


def test_an_ambiguous_question_is_asked_back_without_a_model(
    server: OpenAiServer, model: Model, neurons: Table
) -> None:
    found = asked("average current", neurons, model)

    assert isinstance(found, Unanswered)
    assert len(found.abstained.choices) == 2
    assert server.asked == []


def test_without_a_model_it_says_so_and_what_would_work(neurons: Table) -> None:
    found = asked("is there something odd in there?", neurons, None)

    assert isinstance(found, Unanswered)
    assert "no language model" in found.abstained.message
    assert len(found.abstained.suggestions) == 3


def test_a_model_that_cannot_is_counted_too(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [{"answerable": False, "sql": "", "reading": "no such thing"}]

    found = asked("is there something odd in there?", neurons, model)

    assert isinstance(found, Unanswered)
    assert found.abstained.message == "no such thing"
    assert found.tokens.completion == 20
