"""A question's way through the worker, from its words to a table, a sentence and a chart."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from circuit_web import Site
from openai_server import OpenAiServer, openai_server
from stores import DiskStore
from tasks.circuit.workshops import question, workshop_in
from tasks.jobs import job

from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.tasks.circuit.errors import PopulationNotFound
from neuroagent.tasks.circuit.sql.errors import UnsafeSql
from neuroagent.tasks.circuit.talking import talked
from neuroagent.tasks.circuit.workshop import Workshop
from neuroagent.tasks.llm import Llm, LlmSettings
from neuroagent.tasks.runtime.report import Report

ODD = "Which of the quiet ones would a poet call melancholic?"


@pytest.fixture
def model() -> Iterator[OpenAiServer]:
    with openai_server() as server:
        yield server


@pytest.fixture
def with_model(workshop: Workshop, model: OpenAiServer) -> Workshop:
    return replace(workshop, llm=Llm(LlmSettings(base_url=model.url, model="m")), remembered={})


def test_a_count_is_a_row_a_sentence_and_its_sql(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    answer = talked(question(circuit_site, "How many neurons are there?"), report, workshop)

    assert [list(row.values()) for row in answer.rows] == [[2_000]]
    assert (answer.outcome, answer.source, answer.population) == ("answered", "grammar", "S1_neurons")
    assert "2,000" in answer.sentence
    assert "count(*)" in answer.sql.lower()
    assert answer.reading
    assert answer.seconds > 0


def test_groups_come_with_a_chart(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    answer = talked(question(circuit_site, "How many excitatory neurons per layer?"), report, workshop)

    assert answer.row_count == len(answer.rows) > 2
    assert "synapse_class" in answer.reading
    assert isinstance(answer.chart, dict)
    assert answer.chart["data"]


def test_what_goes_on_is_told(
    circuit_site: Site, report: Report, workshop: Workshop, told: list[Progress | Log | Artifact]
) -> None:
    talked(question(circuit_site, "How many neurons are there?"), report, workshop)
    report.flush()

    texts = [each.text for each in told if isinstance(each, Progress)]
    assert texts[0] == "opening the circuit"
    assert texts[-1] == "running the query"


def test_another_population_is_asked_by_its_name(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    fibres = question(circuit_site, "how many nodes?", population="VPM_fibres")

    assert list(talked(fibres, report, workshop).rows[0].values()) == [100]
    with pytest.raises(PopulationNotFound, match="has S1_neurons, VPM_fibres"):
        talked(question(circuit_site, "how many?", population="CA1"), report, workshop)


def test_a_follow_up_adds_to_the_question_before(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    first = talked(question(circuit_site, "How many neurons are there?"), report, workshop)
    before = [{"question": "How many neurons are there?", "sql": first.sql}]

    then = talked(question(circuit_site, "and only in layer 5?", previous=before), report, workshop)

    assert "layer" in then.sql
    [[fewer]] = [row.values() for row in then.rows]
    assert isinstance(fewer, int)
    assert 0 < fewer < 2_000


def test_without_a_model_it_says_so_and_shows_what_would_work(
    circuit_site: Site, report: Report, workshop: Workshop
) -> None:
    answer = talked(question(circuit_site, ODD), report, workshop)

    assert (answer.outcome, answer.rows, answer.sql, answer.source) == ("abstained", (), "", None)
    assert "no language model" in answer.sentence
    assert len(answer.suggestions) == 3
    for text in answer.suggestions:
        assert talked(question(circuit_site, text), report, workshop).outcome == "answered", text


def test_a_model_is_asked_where_the_grammar_abstains_and_paid_for_once(
    circuit_site: Site, report: Report, with_model: Workshop, model: OpenAiServer
) -> None:
    model.replies = [{"answerable": True, "sql": "SELECT count(*) AS n FROM neurons", "reading": "all of them"}]

    first = talked(question(circuit_site, ODD), report, with_model)
    again = talked(question(circuit_site, ODD), report, with_model)

    assert (first.source, first.rows, first.reading) == ("model", ({"n": 2_000},), "all of them")
    assert (first.tokens.cached, first.tokens.uncached, first.tokens.completion) == (64, 36, 20)
    assert (again.source, again.rows) == ("cache", first.rows)
    assert again.tokens.completion == 0
    assert len(model.asked) == 1


def test_a_model_gets_the_engine_s_words_and_one_chance(
    circuit_site: Site, report: Report, with_model: Workshop, model: OpenAiServer
) -> None:
    model.replies = [
        {"answerable": True, "sql": "SELECT depth FROM neurons", "reading": "?"},
        {"answerable": True, "sql": "SELECT max(y) AS y FROM neurons", "reading": "y is the depth"},
    ]

    assert talked(question(circuit_site, ODD), report, with_model).columns == ("y",)
    assert "depth" in model.asked[1]["messages"][-1]["content"]


def test_a_model_s_hostile_statement_is_never_run(
    circuit_site: Site, report: Report, with_model: Workshop, model: OpenAiServer
) -> None:
    hostile = {"answerable": True, "sql": "SELECT * FROM read_csv('/etc/passwd')", "reading": "a file"}
    model.replies = [hostile, hostile]

    answer = talked(question(circuit_site, ODD), report, with_model)

    assert (answer.outcome, answer.rows) == ("abstained", ())


def test_who_wants_no_model_gets_none(
    circuit_site: Site, report: Report, with_model: Workshop, model: OpenAiServer
) -> None:
    answer = talked(question(circuit_site, ODD, model={"allowed": False}), report, with_model)

    assert answer.outcome == "abstained"
    assert model.asked == []


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_more_rows_than_are_shown_come_as_a_file(
    file_format: str, circuit_site: Site, report: Report, workshop: Workshop, disk: DiskStore
) -> None:
    storing = replace(report, job=job(upload=disk.grants.upload("1")))
    many = question(circuit_site, "list the node ids of all neurons", most_rows=10, file_format=file_format)

    answer = talked(many, storing, workshop)

    assert (len(answer.rows), answer.row_count, answer.truncated) == (10, 2_000, True)
    assert answer.chart is None
    assert answer.file is not None
    assert answer.file.name == f"answer.{file_format}"
    assert rows_in(disk.folder / "objects" / answer.file.key) == 2_000


def rows_in(path: Path) -> int:
    if path.suffix == ".parquet":
        return int(pq.read_metadata(path).num_rows)
    with path.open(newline="") as file:
        return len(list(csv.reader(file))) - 1


def test_synonyms_of_the_place_are_understood(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    named = question(circuit_site, "How many zappers?", synonyms={"zappers": "synapse_class = EXC"})

    assert "EXC" in talked(named, report, workshop).sql
    assert talked(question(circuit_site, "How many zappers?"), report, workshop).outcome == "abstained"


def test_the_next_question_is_served_after_a_hostile_one(
    circuit_site: Site, report: Report, with_model: Workshop, model: OpenAiServer
) -> None:
    model.replies = [{"answerable": True, "sql": "SELECT 1; DROP TABLE neurons", "reading": ""}] * 2
    try:
        talked(question(circuit_site, ODD), report, with_model)
    except UnsafeSql:
        pytest.fail("a model's statement is no person's")

    assert talked(question(circuit_site, "How many neurons are there?"), report, with_model).rows


def test_a_cache_that_is_named_from_where_one_stands_is_found(
    circuit_site: Site, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with workshop_in(Path("cache")) as opened:
        assert talked(question(circuit_site, "How many neurons are there?"), report, opened).rows
