"""A circuit through the HTTP API alone: uploaded, described, asked without a model and with one, deleted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import httpx
import pytest
from openai_server import OpenAiServer, openai_server
from processes import app, redis_server, worker

from neuroagent.tasks.circuit.making.packing import pack
from neuroagent.tasks.circuit.making.writing import Plan, write_circuit

pytestmark = pytest.mark.xdist_group("circuits")  # one system serves them all

NEURONS = 20_000
ODD = "Which of them would a poet call melancholic?"
QUESTIONS = (
    "How many neurons are there?",
    "How many excitatory neurons per layer?",
    "What are the five most common m-types?",
    "What percentage of cells is inhibitory?",
    "average y by layer",
    "Top 2 mtypes per layer",
    "Which layers have more than 1000 neurons?",
    "Compare the number of excitatory and inhibitory neurons per region",
    "Which different etypes are there?",
    "median threshold current by etype",
    "which mtypes start with L5",
    "How many neurons have no threshold_current?",
)


@dataclass(frozen=True)
class System:
    """As an operator starts it."""

    client: httpx.Client
    folder: Path

    def upload(self, archive: Path) -> dict[str, Any]:
        with archive.open("rb") as content:
            answer = self.client.post("/api/circuits/upload", params={"name": archive.name}, content=content)
        assert answer.status_code == 201, answer.text
        return self.described(answer.json()["id"])

    def described(self, circuit_id: str) -> dict[str, Any]:
        seen: dict[str, Any] = self.client.get(f"/api/circuits/{circuit_id}?wait=60").json()
        assert seen["state"] == "ready", seen
        return seen

    def ask(self, circuit_id: str, question: str, **more: Any) -> dict[str, Any]:
        """The ended task."""
        asking = {"question": question, **more}
        asked = self.client.post(f"/api/circuits/{circuit_id}/questions", json=asking)
        assert asked.status_code == 202, asked.text
        task: dict[str, Any] = self.client.get(f"/api/tasks/{asked.json()['id']}?wait=60").json()
        return task

    def answer(self, circuit_id: str, question: str, **more: Any) -> dict[str, Any]:
        task = self.ask(circuit_id, question, **more)
        assert task["state"] == "done", task["failure"]
        output: dict[str, Any] = task["output"]
        return output


@contextmanager
def system(folder: Path, **settings: str) -> Iterator[System]:
    own = {"TASKS_CIRCUIT__CACHE_FOLDER": str(folder / "cache"), **settings}
    with (
        redis_server(folder / "redis") as redis,
        worker(redis, folder, "-Q", "circuit_q", **own),
        app(redis, folder) as client,
    ):
        yield System(client, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a circuit in it, unpacked and packed."""
    made = tmp_path_factory.mktemp("circuits")
    write_circuit(Plan(nodes=NEURONS, projecting=1_000, edges_megabytes=5), made / "circuit")
    pack(made / "circuit", made / "circuit.gz")
    return made


@pytest.fixture(scope="module")
def without_model(folder: Path) -> Iterator[System]:
    with system(folder) as started:
        yield started


@pytest.fixture(scope="module")
def circuit(without_model: System, folder: Path) -> dict[str, Any]:
    return without_model.upload(folder / "circuit.gz")


@pytest.fixture(scope="module")
def layers(folder: Path) -> Counter[str]:
    """What is in the file, read without anything of ours: the excitatory neurons of each layer."""
    with h5py.File(folder / "circuit" / "nodes.h5") as file:
        group = file["nodes/S1_neurons/0"]
        names = {name: group["@library"][name].asstr()[:] for name in ("layer", "synapse_class")}
        found = {name: names[name][group[name][:]] for name in names}
    pairs = zip(found["layer"], found["synapse_class"], strict=True)
    return Counter(str(layer) for layer, kind in pairs if kind == "EXC")


def test_it_is_described(circuit: dict[str, Any]) -> None:
    populations = {each["name"]: each for each in circuit["description"]["populations"]}

    assert populations["S1_neurons"]["rows"] == NEURONS
    assert {"layer", "mtype", "synapse_class", "x"} <= {each["name"] for each in populations["S1_neurons"]["columns"]}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_without_a_model(question: str, without_model: System, circuit: dict[str, Any]) -> None:
    answer = without_model.answer(circuit["id"], question)

    assert (answer["outcome"], answer["source"]) == ("answered", "grammar")
    assert answer["rows"]
    assert all(list(row) == answer["columns"] for row in answer["rows"])
    assert answer["sql"]
    assert answer["reading"]
    assert answer["sentence"]
    assert answer["tokens"]["uncached"] == answer["tokens"]["completion"] == 0


def test_the_figures_are_those_of_the_file(
    without_model: System, circuit: dict[str, Any], layers: Counter[str]
) -> None:
    counted = without_model.answer(circuit["id"], "How many excitatory neurons per layer?")
    inhibitory = without_model.answer(circuit["id"], "What percentage of cells is inhibitory?")

    name = next(column for column in counted["columns"] if column != "layer")
    assert {row["layer"]: row[name] for row in counted["rows"]} == layers
    [percent] = inhibitory["rows"][0].values()
    assert percent == pytest.approx(100 * (NEURONS - layers.total()) / NEURONS, abs=0.01)
    assert counted["chart"]["data"][0]["type"] == "bar"


def test_a_follow_up_goes_on_where_the_thread_was(without_model: System, circuit: dict[str, Any]) -> None:
    first = without_model.ask(circuit["id"], "How many excitatory neurons per layer?")

    then = without_model.answer(circuit["id"], "and only in layer 5?", after=first["id"])

    assert [row["layer"] for row in then["rows"]] == ["5"]


def test_what_it_can_t_place_is_named_and_three_questions_are_shown(
    without_model: System, circuit: dict[str, Any]
) -> None:
    answer = without_model.answer(circuit["id"], ODD)

    assert (answer["outcome"], answer["rows"], answer["sql"]) == ("abstained", [], "")
    assert "melancholic" in answer["sentence"]
    assert len(answer["suggestions"]) == 3


def test_the_whole_of_a_large_answer_is_a_file(without_model: System, circuit: dict[str, Any]) -> None:
    task = without_model.ask(circuit["id"], "list the node ids of all neurons", most_rows=100, file_format="csv")

    output = task["output"]
    assert (len(output["rows"]), output["row_count"], output["truncated"]) == (100, NEURONS, True)
    path = f"/api/tasks/{task['id']}/files/{output['file']['name']}"
    whole = without_model.client.get(path, follow_redirects=True)
    assert len(whole.text.splitlines()) == NEURONS + 1


def test_an_unknown_population_is_said_with_those_there_are(without_model: System, circuit: dict[str, Any]) -> None:
    task = without_model.ask(circuit["id"], "How many?", population="CA1")

    assert task["failure"]["error_code"] == "no_such_population"
    assert "S1_neurons, VPM_fibres" in task["failure"]["message"]


def test_what_goes_on_is_told_to_whoever_listens(without_model: System, circuit: dict[str, Any]) -> None:
    told = without_model.client.get(f"/api/tasks/{circuit['task_id']}/events").text

    assert "fetching the circuit" in told
    assert "event: done" in told


def test_what_is_no_circuit_is_kept_as_failed_with_the_reason(without_model: System, tmp_path: Path) -> None:
    song = tmp_path / "song.mp3"
    song.write_bytes(b"ID3\0\0\0" * 100)
    answer = without_model.client.post("/api/circuits/upload?name=song.mp3", content=song.read_bytes())

    seen = without_model.client.get(f"/api/circuits/{answer.json()['id']}?wait=60").json()

    assert seen["state"] == "failed"
    assert "is no SONATA archive" in seen["reason"]


def test_any_table_will_do(without_model: System, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,age,city\nAnn,30,Bern\nBob,40,Bern\nCem,50,Basel\n")

    answer = without_model.answer(without_model.upload(table)["id"], "average age by city")

    assert sorted(tuple(row.values()) for row in answer["rows"]) == [("Basel", 50.0), ("Bern", 35.0)]


def test_what_is_deleted_is_gone(without_model: System, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,age\nAnn,30\n")
    made = without_model.upload(table)

    assert without_model.client.delete(f"/api/circuits/{made['id']}").status_code == 204

    asking = {"question": "How many?"}
    assert without_model.client.post(f"/api/circuits/{made['id']}/questions", json=asking).status_code == 404
    assert not list((without_model.folder / "data" / "files").rglob(f"circuits/{made['id']}/*"))


def test_a_link_to_a_host_that_is_not_allowed_is_refused_by_the_worker(without_model: System) -> None:
    source = {"kind": "link", "url": "https://169.254.169.254/latest/circuit.gz"}
    made = without_model.client.post("/api/circuits", json={"name": "meta data", "source": source}).json()

    seen = without_model.client.get(f"/api/circuits/{made['id']}?wait=60").json()

    assert (seen["state"], "not among those" in seen["reason"]) == ("failed", True)


@pytest.fixture
def model() -> Iterator[OpenAiServer]:
    with openai_server() as server:
        yield server


def test_the_same_with_a_model_in_reach(model: OpenAiServer, folder: Path, tmp_path: Path) -> None:
    model.replies = [
        {"answerable": True, "sql": "SELECT melancholy FROM neurons", "reading": "a first try"},
        {"answerable": True, "sql": "SELECT layer, max(y) AS y FROM neurons GROUP BY ALL", "reading": "the high ones"},
    ]
    settings = {"TASKS_LLM__BASE_URL": model.url, "TASKS_LLM__MODEL": "m", "TASKS_LLM__API_KEY": "a secret key"}
    with system(tmp_path, **settings) as started:
        circuit = started.upload(folder / "circuit.gz")

        for question in QUESTIONS[:3]:
            assert started.answer(circuit["id"], question)["source"] == "grammar"
        assert model.asked == [], "what the grammar answers costs nothing"
        answer = started.answer(circuit["id"], ODD)
        again = started.answer(circuit["id"], ODD)

    assert (answer["source"], answer["reading"], len(answer["rows"])) == ("model", "the high ones", 6)
    assert (answer["tokens"]["cached"], answer["tokens"]["uncached"]) == (128, 72)
    assert answer["chart"]["data"]
    assert (again["source"], again["rows"]) == ("cache", answer["rows"])
    assert len(model.asked) == 2
    assert model.tokens == ["Bearer a secret key"] * 2
    for log in ("app.log", "worker.log"):
        assert "a secret key" not in (tmp_path / log).read_text()
