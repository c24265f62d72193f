"""A better title by a language model, and never over a person's own."""

from collections.abc import Iterator

import pytest
from app.chat.rooms import Opener, ask, heard
from openai_server import OpenAiServer, ToolCall, openai_server

from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.titles import Titles
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.opened import open_model
from neuroagent.app.llm.settings import LlmSettings


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as there:
        yield there


@pytest.fixture
def model(server: OpenAiServer) -> ChatModel:
    return open_model(LlmSettings.model_validate({"base_url": server.url, "model": "m", "retries": 0}))


async def title(room: ChatRoom) -> str:
    return (await room.threads.mine("t1", "ada")).title


async def test_the_first_question_gets_a_title_and_the_second_changes_nothing(
    opened: Opener, model: ChatModel, server: OpenAiServer
) -> None:
    room = await opened()
    titles = Titles(room.threads, model)
    server.replies = [ToolCall("answer", {"title": "Small\ntalk " + "x" * 100}), ToolCall("answer", {"title": "No"})]
    first = await ask(room, "hello, who are you?")
    await heard(room, first)
    assert await title(room) == "hello, who are you?"

    await titles.give(first)
    second = await ask(room, "and now?", after=first.answer)
    await heard(room, second)
    await titles.give(second)

    assert (await title(room)).startswith("Small talk xxx")
    assert len(await title(room)) == 80
    assert len(server.asked) == 1


async def test_a_person_s_own_name_stays(opened: Opener, model: ChatModel, server: OpenAiServer) -> None:
    room = await opened()
    server.replies = [ToolCall("answer", {"title": "Small talk"})]
    first = await ask(room, "hello")
    await heard(room, first)
    await room.threads.changed("t1", "ada", title="Mine", is_named=True)

    await Titles(room.threads, model).give(first)

    assert await title(room) == "Mine"


async def test_a_model_that_says_nothing_useful_leaves_the_first_question(
    opened: Opener, model: ChatModel, server: OpenAiServer
) -> None:
    room = await opened()
    server.replies = ["Sorry?"]
    first = await ask(room, "hello")
    await heard(room, first)

    await Titles(room.threads, model).give(first)

    assert await title(room) == "hello"


async def test_a_thread_that_is_gone_is_left_alone(opened: Opener, model: ChatModel, server: OpenAiServer) -> None:
    room = await opened()
    first = await ask(room, "hello")
    await heard(room, first)
    await room.threads.delete("t1", "ada")

    await Titles(room.threads, model).give(first)

    assert server.asked == []
