"""The door to a language model, against a server that speaks its protocol."""

from collections.abc import Iterator

import pytest
from openai_server import OpenAiServer, openai_server
from pydantic import SecretStr

from neuroagent.task_schemas.errors import ExternalService, RateLimited
from neuroagent.tasks.llm import ChatMessage, Completion, Llm, LlmRefused, LlmSettings, Usage

HELLO = [ChatMessage("user", "hello")]
NOBODY = "http://127.0.0.1:9/v1"  # the discard port, where nothing listens


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with openai_server() as running:
        yield running


def llm(url: str) -> Llm:
    return Llm(LlmSettings(base_url=url, api_key=SecretStr("sesame"), model="small", timeout=20))


def complete(url: str) -> Completion:
    return llm(url).complete(HELLO, {"type": "object"}, most_tokens=50)


def test_an_answer_comes_with_what_it_cost(server: OpenAiServer) -> None:
    server.replies = ["hi"]

    assert complete(server.url) == Completion("hi", Usage("small", cached=64, uncached=36, completion=20))


def test_the_key_the_shape_and_the_limit_are_sent(server: OpenAiServer) -> None:
    server.replies = ["hi"]

    complete(server.url)

    assert server.tokens == ["Bearer sesame"]
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert server.asked[0]["max_tokens"] == 50


def test_a_service_without_shapes_is_asked_without(server: OpenAiServer) -> None:
    server.knows_schemas, server.replies = False, ["hi"]

    assert complete(server.url).text == "hi"
    assert ["response_format" in body for body in server.asked] == [True, False]


def test_a_busy_service_says_when_to_come_back(server: OpenAiServer) -> None:
    server.status, server.headers = 429, {"Retry-After": "7"}

    with pytest.raises(RateLimited) as busy:
        complete(server.url)

    assert busy.value.retry_after == 7


@pytest.mark.parametrize("status", [500, 503])
def test_trouble_that_passes_can_be_tried_again(server: OpenAiServer, status: int) -> None:
    server.status = status

    with pytest.raises(ExternalService, match=str(status)):
        complete(server.url)


def test_a_refusal_is_told_with_its_reason(server: OpenAiServer) -> None:
    server.status = 401

    with pytest.raises(LlmRefused, match="401: no, with a reason"):
        complete(server.url)


def test_a_service_that_is_not_there_is_named_without_its_key() -> None:
    with pytest.raises(ExternalService, match="can't be reached") as gone:
        complete(NOBODY)

    assert "sesame" not in str(gone.value)


def test_only_http_is_spoken() -> None:
    with pytest.raises(LlmRefused, match="http"):
        complete("file:///etc/passwd")


def test_another_protocol_is_noticed(server: OpenAiServer) -> None:
    server.misspoken = {"hello": "there"}

    with pytest.raises(ExternalService, match="not of the OpenAI protocol"):
        complete(server.url)


def test_without_an_address_there_is_no_model() -> None:
    assert not Llm(LlmSettings()).is_there
    assert llm(NOBODY).is_there
