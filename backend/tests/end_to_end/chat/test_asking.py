"""A circuit asked in the conversation: without a model and with one, with a worker that dies on the way."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from end_to_end.chat.conversations import Chunk, Talk, said, text_of
from openai_server import OpenAiServer, ToolCall, openai_server
from processes import RedisServer, app, redis_server, until, worker

from neuroagent.tasks.circuit.making.packing import pack
from neuroagent.tasks.circuit.making.writing import Plan, write_circuit

pytestmark = pytest.mark.xdist_group("chat asks circuits")

QUESTION = "How many excitatory neurons per layer?"


@dataclass
class Mortal:
    """A circuit worker that can be killed and replaced."""

    redis: RedisServer
    folder: Path
    settings: dict[str, str]
    _open: ExitStack = field(default_factory=ExitStack)
    _pid: int = 0

    def start(self) -> None:
        own = {"TASKS_CIRCUIT__CACHE_FOLDER": str(self.folder / "cache"), **self.settings}
        self._pid = self._open.enter_context(worker(self.redis, self.folder, "-Q", "circuit_q", **own)).pid

    def kill(self) -> None:
        os.killpg(self._pid, signal.SIGKILL)

    def close(self) -> None:
        self._open.close()


@dataclass(frozen=True)
class System:
    client: httpx.Client
    worker: Mortal
    folder: Path

    def talk(self, thread: str) -> Talk:
        return Talk(self.client, thread)

    def upload(self, file: Path) -> str:
        with file.open("rb") as content:
            made = self.client.post("/api/circuits/upload", params={"name": file.name}, content=content).json()
        seen = self.client.get(f"/api/circuits/{made['id']}?wait=60").json()
        assert seen["state"] == "ready", seen
        return str(made["id"])


@contextmanager
def system(folder: Path, **settings: str) -> Iterator[System]:
    with redis_server(folder / "redis") as redis, ExitStack() as stack:
        mortal = Mortal(redis, folder, {name: text for name, text in settings.items() if name.startswith("TASKS_")})
        stack.callback(mortal.close)
        mortal.start()
        of_app = {name: text for name, text in settings.items() if name.startswith("NEUROAGENT_")}
        yield System(stack.enter_context(app(redis, folder, **of_app)), mortal, folder)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("circuit")
    write_circuit(Plan(nodes=2_000, projecting=100), made / "circuit")
    pack(made / "circuit", made / "brain.gz")
    return made / "brain.gz"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Without a language model."""
    with system(tmp_path_factory.mktemp("alone")) as started:
        yield started


@pytest.fixture(scope="module")
def brain(alone: System, archive: Path) -> str:
    return alone.upload(archive)


def output(answer: list[Chunk]) -> Any:
    [found] = [chunk["output"] for chunk in answer if chunk["type"] == "tool-output-available"]
    return found


def test_a_question_streams_a_table_a_chart_and_a_sentence(alone: System, brain: str) -> None:
    answer = alone.talk("first").told(QUESTION)

    came = output(answer)
    assert came["circuit"] == {"id": brain, "name": "brain.gz"}
    assert came["columns"][0] == "layer"
    assert len(came["rows"]) == 5
    assert came["chart"]["data"][0]["type"] == "bar"
    assert came["sql"].startswith("SELECT")
    assert (came["source"], came["outcome"]) == ("grammar", "answered")
    assert said(answer).startswith("**brain.gz**, S1_neurons: 5 rows; the first: layer = ")
    assert "Read as: " in said(answer)
    assert "For the model" not in said(answer)


def test_a_follow_up_leans_on_the_question_before_in_its_thread(alone: System, brain: str) -> None:
    talk, elsewhere = alone.talk("leaning"), alone.talk("elsewhere")
    talk.told(QUESTION)
    head = talk.look()["head"]

    came = output(talk.told("and only in layer 5?", after=head))
    strange = output(elsewhere.told("/ask and only in layer 5"))

    assert [row["layer"] for row in came["rows"]] == ["5"]
    assert [row.get("layer") for row in strange["rows"]] != ["5"]


def test_what_can_t_be_answered_is_an_answer_with_questions_that_can(alone: System, brain: str) -> None:
    talk = alone.talk("odd")
    answer = talk.told("Which of them would a poet call melancholic?")

    assert output(answer)["outcome"] == "abstained"
    assert "melancholic" in said(answer)
    suggested = alone.client.get("/api/threads/odd/suggestions").json()
    assert suggested["source"] == "tool"
    assert len(suggested["suggestions"]) == 3
    for question in suggested["suggestions"]:
        assert question in said(answer)
        assert output(talk.told(question))["outcome"] == "answered", question


def test_the_thread_s_circuit_is_the_one_that_is_asked(alone: System, brain: str, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("name,age,city\nAnn,30,Bern\nBob,40,Bern\nCem,50,Basel\n")
    people = alone.upload(table)
    alone.client.post("/api/threads", json={"circuit": people}).raise_for_status()
    alone.client.patch(f"/api/threads/{_made(alone, 'chosen')}", json={"circuit": brain}).raise_for_status()

    came = output(alone.talk("chosen").told("How many excitatory neurons per layer?"))
    newest = output(alone.talk("newest").told("average age by city?"))
    named = alone.talk("named").told('/talk_to_df {"question": "How many are there?", "circuit": "brain.gz"}')

    assert (came["circuit"]["name"], newest["circuit"]["name"]) == ("brain.gz", "people.csv")
    assert output(named)["circuit"]["id"] == brain
    assert alone.client.delete(f"/api/circuits/{people}").status_code == 204


def test_who_doesn_t_know_what_to_ask_is_told_what_works_here(alone: System, brain: str) -> None:
    help_text = said(alone.talk("helpless").told("hello"))
    suggested = alone.client.get(f"/api/threads/{_made(alone, 'fresh')}/suggestions").json()

    assert suggested["source"] == "circuit"
    for question in suggested["suggestions"]:
        assert question in help_text


def test_a_worker_that_dies_on_the_way_changes_nothing(alone: System, brain: str) -> None:
    talk = alone.talk("dying")
    alone.worker.kill()
    with talk.asked(QUESTION) as answer:
        head = [next(answer) for _ in range(3)]
        until(lambda: talk.look()["runs"] != [], "it is under way")
        alone.worker.start()
        whole = [*head, *answer]

    assert len(output(whole)["rows"]) == 5
    [_, kept] = talk.messages()
    assert (kept["state"], text_of(kept)) == ("complete", said(whole))


def _made(alone: System, thread: str) -> str:
    alone.client.post(
        "/api/chat", json={"id": thread, "messages": [{"role": "user", "parts": [{"type": "text", "text": "hi"}]}]}
    ).raise_for_status()
    return thread


@pytest.fixture
def model() -> Iterator[OpenAiServer]:
    with openai_server() as server:
        yield server


def test_the_same_with_a_language_model(model: OpenAiServer, archive: Path, tmp_path: Path) -> None:
    model.replies = [
        ToolCall("talk_to_df", {"question": QUESTION}),
        "Layer by layer, as the table shows.",
        ToolCall("answer", {"title": "Excitatory neurons by layer"}),
        ToolCall("answer", {"suggestions": ["And the inhibitory ones?"]}),
    ]
    settings = {"NEUROAGENT_LLM__BASE_URL": model.url, "NEUROAGENT_LLM__MODEL": "m"}
    with system(tmp_path, **settings) as started:
        brain = started.upload(archive)
        talk = started.talk("t1")

        answer = talk.told(QUESTION)
        until(lambda: talk.look()["title"] == "Excitatory neurons by layer", "it has a title")
        suggested = started.client.get("/api/threads/t1/suggestions").json()

    assert output(answer)["circuit"]["id"] == brain
    assert said(answer) == "Layer by layer, as the table shows."
    assert suggested == {"suggestions": ["And the inhibitory ones?"], "source": "model"}
    first, second, *_ = model.asked
    assert "brain.gz" in first["messages"][0]["content"]
    [told] = [message["content"] for message in second["messages"] if message["role"] == "tool"]
    assert '{"columns": ["layer"' in told
    assert sorted(json.loads(line)[0] for line in told.splitlines()[-5:]) == ["2", "3", "4", "5", "6"]
