"""The built-in model runs what it is told to run, and says honestly what it is."""

import json

import pytest

from neuroagent.app.llm.at_hand import CircuitsAtHand, with_circuits
from neuroagent.app.llm.builtin import Place, Wish, builtin_model, wished
from neuroagent.app.llm.model import from_person, from_tools
from neuroagent.app.llm.speech import FOR_THE_MODEL, Answered, Offer, Reply, Said

TOOLS = ["run_python", "talk_to_df", "nap"]
THALAMUS = CircuitsAtHand(("thal`amus",), ("How many cells per layer?",))
HERE = Place(TOOLS, THALAMUS)


def question(text: str) -> list[Wish]:
    return [Wish("talk_to_df", json.dumps({"question": text}))]


def script(text: str) -> list[Wish]:
    return [Wish("run_python", json.dumps({"python_script": text}))]


@pytest.mark.parametrize(
    ("question", "wishes"),
    [
        ("/python 6 * 7", script("6 * 7")),
        ("  /python\nprint(1)\nprint(2)", script("print(1)\nprint(2)")),
        ("Please run\n```python\nx = 1\n```\nthanks", script("x = 1\n")),
        ("/python ```py\nx = 1\n```", script("x = 1\n")),
        ("```python\na\n```\n```Python\nb\n```", [*script("a\n"), *script("b\n")]),
        ("How many cells are there?", question("How many cells are there?")),
        ("average y by layer", question("average y by layer")),
        ("/circuit cells per layer", question("cells per layer")),
        ("/ask hello", question("hello")),
        ('/nap {"seconds": 1}', [Wish("nap", '{"seconds": 1}')]),
        ("/nap", [Wish("nap", "{}")]),
    ],
)
def test_what_it_runs(question: str, wishes: list[Wish]) -> None:
    assert wished(question, HERE) == (wishes, "")


@pytest.mark.parametrize("words", ["and only in layer 5", "as percentages", "by region instead"])
def test_a_few_words_go_on_with_a_question(words: str) -> None:
    assert wished(words, Place(TOOLS, THALAMUS, has_asked=True)) == (question(words), "")
    assert wished(words, HERE)[0] == []


@pytest.mark.parametrize(
    ("words", "place", "answer"),
    [
        ("hello", HERE, "no language model is connected"),
        ("hello", HERE, "`run_python`, `talk_to_df`, `nap`"),
        ("hello", HERE, "your circuit `thal'amus` in plain words"),
        ("hello", HERE, "  - How many cells per layer?"),
        ("How many cells?", Place(TOOLS), "upload one first"),
        ("/circuit How many cells?", Place(TOOLS), "There is no circuit yet."),
        ("/circuit", HERE, "There is no question"),
        ("/ask How many?", Place(["nap"], THALAMUS), "`talk_to_df` isn't among its tools"),
        ("How are you?", Place(["nap"], THALAMUS), "NEUROAGENT_LLM__BASE_URL"),
        ("/fly", HERE, "There is no tool `fly` here."),
        ("/python", HERE, "nothing to run"),
        ("/python 1", Place(["nap"]), "`run_python` isn't among its tools"),
        ("", Place([]), "There are: none."),
    ],
)
def test_what_it_says_when_there_is_nothing_to_run(words: str, place: Place, answer: str) -> None:
    wishes, said = wished(words, place)

    assert wishes == []
    assert answer in said


async def test_its_words_come_one_by_one_and_add_up() -> None:
    pieces = [piece async for piece in builtin_model().replies([from_person("hi")], "", [])]

    words = [piece.text for piece in pieces if isinstance(piece, Said)]
    assert len(words) > 20
    assert "".join(words) == wished("hi", Place([]))[1]


async def test_it_knows_the_circuits_from_its_instructions() -> None:
    offers = [Offer("talk_to_df", "", {"type": "object"})]
    instructions = with_circuits("Be brief.", THALAMUS)

    *_, reply = [piece async for piece in builtin_model().replies([from_person("How many?")], instructions, offers)]

    assert isinstance(reply, Reply)
    assert [(call.tool, call.arguments) for call in reply.calls] == [("talk_to_df", {"question": "How many?"})]


async def test_it_relays_what_the_tools_said() -> None:
    offers = [Offer("nap", "", {"type": "object"})]
    *_, reply = [piece async for piece in builtin_model().replies([from_person("/nap")], "", offers)]
    assert isinstance(reply, Reply)
    [call] = reply.calls

    for outcome, rows, said in (
        ("done", "", "42"),
        ("done", f"{FOR_THE_MODEL}[1, 2]", "42"),
        ("failed", "", "`nap` gave no answer: 42"),
        ("mend", "", "`nap` could not be called like that: 42"),
    ):
        answers = from_tools([Answered(call, f"42{rows}", outcome)])  # type: ignore[arg-type]  # one of the three
        history = [from_person("/nap"), reply.entry, answers]
        pieces = [piece async for piece in builtin_model().replies(history, "", offers)]
        assert "".join(piece.text for piece in pieces if isinstance(piece, Said)) == said
