"""The built-in model runs what it is told to run, and says honestly what it is."""

import json

import pytest

from neuroagent.app.llm.builtin import Wish, builtin_model, wished
from neuroagent.app.llm.model import from_person, from_tools
from neuroagent.app.llm.speech import Answered, Offer, Reply, Said

TOOLS = ["run_python", "talk_to_df", "nap"]


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
        ("How many cells are there?", [Wish("talk_to_df", '{"question": "How many cells are there?"}')]),
        ('/nap {"seconds": 1}', [Wish("nap", '{"seconds": 1}')]),
        ("/nap", [Wish("nap", "{}")]),
    ],
)
def test_what_it_runs(question: str, wishes: list[Wish]) -> None:
    assert wished(question, TOOLS) == (wishes, "")


@pytest.mark.parametrize(
    ("question", "tools", "answer"),
    [
        ("hello", TOOLS, "no language model is connected"),
        ("hello", TOOLS, "`run_python`, `talk_to_df`, `nap`"),
        ("How are you?", ["nap"], "NEUROAGENT_LLM__BASE_URL"),
        ("/fly", TOOLS, "There is no tool `fly` here."),
        ("/python", TOOLS, "nothing to run"),
        ("/python 1", ["nap"], "`run_python` isn't among its tools"),
        ("", [], "There are: none."),
    ],
)
def test_what_it_says_when_there_is_nothing_to_run(question: str, tools: list[str], answer: str) -> None:
    wishes, said = wished(question, tools)

    assert wishes == []
    assert answer in said


async def test_its_words_come_one_by_one_and_add_up() -> None:
    pieces = [piece async for piece in builtin_model().replies([from_person("hi")], "", [])]

    words = [piece.text for piece in pieces if isinstance(piece, Said)]
    assert len(words) > 20
    assert "".join(words) == wished("hi", [])[1]


async def test_it_relays_what_the_tools_said() -> None:
    offers = [Offer("nap", "", {"type": "object"})]
    *_, reply = [piece async for piece in builtin_model().replies([from_person("/nap")], "", offers)]
    assert isinstance(reply, Reply)
    [call] = reply.calls

    for outcome, said in (
        ("done", "42"),
        ("failed", "`nap` gave no answer: 42"),
        ("mend", "`nap` could not be called like that: 42"),
    ):
        answers = from_tools([Answered(call, "42", outcome)])  # type: ignore[arg-type]  # one of the three
        history = [from_person("/nap"), reply.entry, answers]
        pieces = [piece async for piece in builtin_model().replies(history, "", offers)]
        assert "".join(piece.text for piece in pieces if isinstance(piece, Said)) == said
