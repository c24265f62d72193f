"""Tier 1: the question to a model."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from openai_server import OpenAiServer, openai_server
from question_sets import Table

from neuroagent.task_schemas.circuit import PreviousQuestion
from neuroagent.tasks.circuit.question.model import Model, ModelReading
from neuroagent.tasks.llm import Llm, LlmSettings

RIGHT = {"answerable": True, "sql": "SELECT count(*) FROM neurons WHERE layer = '5'", "reading": "layer 5"}
QUESTION = "how many in the fifth layer"


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as running:
        yield running


@pytest.fixture
def model(server: OpenAiServer) -> Model:
    return Model(Llm(LlmSettings(base_url=server.url, model="small", timeout=20)))


def read(model: Model, neurons: Table, *previous: PreviousQuestion) -> ModelReading:
    def trial(sql: str) -> str | None:
        try:
            neurons.connection.execute(f"EXPLAIN {sql}")
        except duckdb.Error as error:
            return str(error)
        return None

    return model.read(QUESTION, neurons.index.profile, previous, trial)


def test_a_good_statement_is_taken(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [RIGHT]

    found = read(model, neurons)

    assert (found.sql, found.reading) == (RIGHT["sql"], "layer 5")
    assert (found.usage.cached, found.usage.uncached, found.usage.completion) == (64, 36, 20)


def test_a_value_that_is_not_there_is_mended(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [RIGHT | {"sql": "SELECT count(*) FROM neurons WHERE layer = 'L5'"}, RIGHT]

    found = read(model, neurons)

    assert found.sql == RIGHT["sql"]
    assert "layer has no value 'L5'" in server.asked[1]["messages"][-1]["content"]
    assert found.usage.completion == 40


def test_the_engines_error_is_mended(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [RIGHT | {"sql": "SELECT nothing FROM neurons"}, RIGHT]

    assert read(model, neurons).sql == RIGHT["sql"]
    assert "nothing" in server.asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize("reply", ["no idea", {"sql": 5}, RIGHT | {"sql": "SELECT nothing FROM neurons"}])
def test_there_is_one_repair_and_no_more(server: OpenAiServer, model: Model, neurons: Table, reply: Any) -> None:
    server.replies = [reply, reply, RIGHT]

    found = read(model, neurons)

    assert found.sql == ""
    assert "doesn't work" in found.reading
    assert len(server.asked) == 2


def test_the_model_may_say_that_it_cannot(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [{"answerable": False, "sql": "", "reading": "There are no synapses here."}]

    assert read(model, neurons).reading == "There are no synapses here."


def test_an_answer_between_fences_is_read(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = ['```json\n{"answerable": true, "sql": "SELECT count(*) FROM neurons", "reading": ""}\n```']

    assert read(model, neurons).sql == "SELECT count(*) FROM neurons"


def test_the_thread_is_told(server: OpenAiServer, model: Model, neurons: Table) -> None:
    server.replies = [RIGHT]

    read(model, neurons, PreviousQuestion(question="how many?", sql="SELECT 1"))

    assert [message["content"] for message in server.asked[0]["messages"][1:3]] == ["how many?", "SELECT 1"]


def test_a_budget_is_kept(server: OpenAiServer, model: Model, neurons: Table) -> None:
    found = Model(model.llm, most_tokens=100).read(QUESTION, neurons.index.profile, (), lambda _: None)

    assert "more than 100 tokens" in found.reading
    assert server.asked == []
