"""A small thing asked of a model beside the conversation, against a real server that speaks the OpenAI API."""

from collections.abc import Iterator
from typing import Any

import pytest
from openai_server import OpenAiServer, ToolCall, openai_server
from pydantic import BaseModel

from neuroagent.app.llm.brief import LONGEST, MOST_TOKENS, brief
from neuroagent.app.llm.builtin import builtin_model
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.opened import open_model
from neuroagent.app.llm.settings import LlmSettings


class Title(BaseModel):
    title: str


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as there:
        yield there


@pytest.fixture
def model(server: OpenAiServer) -> ChatModel:
    return open_model(LlmSettings.model_validate({"base_url": server.url, "model": "m", "retries": 0}))


@pytest.mark.parametrize(
    "reply", [ToolCall("answer", {"title": "Cells"}), {"title": "Cells"}, '```json\n{"title": "Cells"}\n```']
)
async def test_an_answer_in_the_form_is_read(reply: Any, server: OpenAiServer, model: ChatModel) -> None:
    server.replies = [reply]

    assert await brief(model, "Give a title.", "x" * 100_000, Title) == Title(title="Cells")

    [asked] = server.asked
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert len(asked["messages"][1]["content"]) == LONGEST
    assert asked["max_completion_tokens"] == MOST_TOKENS


@pytest.mark.parametrize("reply", [ToolCall("answer", {"titel": 1}), "Cells!", '{"title": [1]}', ""])
async def test_any_other_answer_is_none(reply: Any, server: OpenAiServer, model: ChatModel) -> None:
    server.replies = [reply]

    assert await brief(model, "Give a title.", "hello", Title) is None


async def test_a_model_that_is_away_gives_none(server: OpenAiServer, model: ChatModel) -> None:
    server.status = 500

    assert await brief(model, "Give a title.", "hello", Title) is None


async def test_the_built_in_model_isn_t_asked() -> None:
    assert await brief(builtin_model(), "Give a title.", "hello", Title) is None
