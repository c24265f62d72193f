"""What to ask next: something to start with, what the circuit answers, what the last tool proposed, a model's own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from app.chat.rooms import Opener, ask, heard
from app.engine.workers_of_tests import Hand, done
from end_to_end.faults.servers import until
from openai_server import OpenAiServer, ToolCall, openai_server
from stores import chunks

from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.suggestions import STARTERS, Suggestions, suggestions
from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.llm.opened import Models, open_model
from neuroagent.app.llm.settings import DEFAULT, LlmSettings

WORKS = ["How many rows per city?", "What is the median age?", "How many rows are there?"]
PATIENCE = timedelta(seconds=10)


@pytest.fixture
async def room(opened: Opener) -> ChatRoom:
    return await opened()


async def suggested(room: ChatRoom) -> Suggestions:
    return await suggestions(room.runs, await room.threads.made("ada", "t1"))


async def described(room: ChatRoom, hand: Hand) -> CircuitRow:
    circuits = room.runs.circuits
    row = await circuits.upload("ada", "people.csv", "csv", chunks(b"age,city\n"))
    _, turn = hand.take("circuit_q")
    turn.end(done({"populations": [{"name": "people", "rows": 3, "suggestions": WORKS}]}))
    await circuits.tasks.look(row.task_id or "", owner="ada", patience=PATIENCE)
    return row


async def told(room: ChatRoom, hand: Hand, text: str, **output: Any) -> None:
    """A question to the circuit that a worker answers so."""
    run = await ask(room, text)
    await until(lambda: hand.waiting("circuit_q") > 0, "it is asked")
    _, turn = hand.take("circuit_q")
    turn.end(done(output))
    await heard(room, run)


async def test_an_empty_thread_has_something_to_start_with(room: ChatRoom) -> None:
    assert await suggested(room) == Suggestions("starter", list(STARTERS.values()))


async def test_only_what_the_thread_s_tools_can_do_is_suggested(room: ChatRoom, hand: Hand) -> None:
    await described(room, hand)
    await room.threads.made("ada", "t1")
    await room.threads.changed("t1", "ada", tools=["check_worker"])

    assert await suggested(room) == Suggestions("starter", ["/check_worker"])


async def test_a_circuit_answers_what_it_said_it_would_and_nothing_is_asked_twice(room: ChatRoom, hand: Hand) -> None:
    await described(room, hand)
    assert await suggested(room) == Suggestions("circuit", WORKS)

    await told(room, hand, WORKS[0], sentence="5.")

    assert await suggested(room) == Suggestions("circuit", WORKS[1:])


@pytest.mark.parametrize(
    ("output", "next_ones"),
    [
        ({"outcome": "abstained", "suggestions": ["How many\nrows?"]}, ["How many rows?"]),
        ({"outcome": "clarify", "choices": [{"label": "old", "question": "oldest?"}], "suggestions": []}, ["oldest?"]),
        ({"outcome": "abstained", "suggestions": ["x" * 1_000] * 9}, ["x" * 200]),
    ],
)
async def test_what_the_last_tool_proposed_comes_first(
    output: dict[str, Any], next_ones: list[str], room: ChatRoom, hand: Hand
) -> None:
    await described(room, hand)
    await told(room, hand, "How melancholic?", **output)

    assert await suggested(room) == Suggestions("tool", next_ones)


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as there:
        yield there


async def test_a_model_is_asked_in_a_thread_that_has_begun(room: ChatRoom, server: OpenAiServer) -> None:
    await heard(room, await ask(room, "hello"))
    model = open_model(LlmSettings.model_validate({"base_url": server.url, "model": "m", "retries": 0}))
    runs = replace(room.runs, models=Models({DEFAULT: model}))
    server.replies = [ToolCall("answer", {"suggestions": ["a?", "b?", "b?", "c?", "d?"]}), "no idea"]

    thread = await room.threads.mine("t1", "ada")
    first, second = await suggestions(runs, thread), await suggestions(runs, thread)

    assert first == Suggestions("model", ["a?", "b?", "c?"])
    assert second.source == "starter", "a model that says nothing useful is passed over"
    assert '"hello"' in server.asked[0]["messages"][1]["content"]
