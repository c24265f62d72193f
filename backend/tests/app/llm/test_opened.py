"""The model that the settings name, against a real server that speaks the OpenAI API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import ValidationError

from neuroagent.app.llm.model import ModelAway, from_person
from neuroagent.app.llm.opened import open_model, open_models
from neuroagent.app.llm.settings import LlmSettings
from neuroagent.app.llm.speech import Offer, Reply, Said, Speech

CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "nap", "arguments": '{"seconds": 1}'}}


@dataclass
class Endpoint:
    """What it was asked, and with which statuses it refuses first."""

    refusals: list[int] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n".encode()


@contextmanager
def served(endpoint: Endpoint) -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            endpoint.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            endpoint.keys.append(self.headers["authorization"])
            if endpoint.refusals:
                self.send_response(endpoint.refusals.pop(0))
                self.send_header("retry-after", "0.1")
                self.send_header("content-length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            said = [chunk({"role": "assistant", "content": "Let me "}), chunk({"content": "see."})]
            called = [chunk({"tool_calls": [CALL]}), chunk({}, "tool_calls")]
            self.wfile.write(b"".join([*said, *called, b"data: [DONE]\n\n"]))

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def heard(endpoint: Endpoint, **more: Any) -> list[Speech]:
    given = {"base_url": endpoint.url, "model": "m", "api_key": "the key", **more}
    model = open_model(LlmSettings.model_validate(given))
    offers = [Offer("nap", "Sleeps.", {"type": "object", "properties": {"seconds": {"type": "number"}}})]
    return [piece async for piece in model.replies([from_person("hi")], "Be brief.", offers)]


async def test_an_endpoint_s_words_and_calls_come_as_every_model_s() -> None:
    with served(Endpoint()) as endpoint:
        *pieces, reply = await heard(endpoint)

    assert "".join(piece.text for piece in pieces if isinstance(piece, Said)) == "Let me see."
    assert isinstance(reply, Reply)
    assert [(call.tool, call.arguments) for call in reply.calls] == [("nap", {"seconds": 1})]
    [asked] = endpoint.asked
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert asked["tools"][0]["function"]["name"] == "nap"
    assert endpoint.keys == ["Bearer the key"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_refused_request_is_sent_again(status: int) -> None:
    with served(Endpoint(refusals=[status])) as endpoint:
        *_, reply = await heard(endpoint)

    assert isinstance(reply, Reply)
    assert len(endpoint.asked) == 2


async def test_an_endpoint_that_refuses_for_good_is_away() -> None:
    with served(Endpoint(refusals=[401])) as endpoint, pytest.raises(ModelAway, match="answered with status 401"):
        await heard(endpoint)


async def test_an_endpoint_that_isn_t_there_is_away() -> None:
    with pytest.raises(ModelAway, match="can't be reached"):
        await heard(Endpoint(url="http://127.0.0.1:9/v1"), retries=0)


def test_without_an_endpoint_the_built_in_model_answers() -> None:
    assert open_model(LlmSettings()).name == "built-in"


@pytest.mark.parametrize("given", [{"base_url": "http://x"}, {"model": "m"}, {"base_url": "x", "model": "m"}])
def test_half_a_model_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        LlmSettings.model_validate(given)


async def said(endpoint: Endpoint, other: Endpoint, **more: Any) -> list[Speech]:
    """By the default model, behind which another stands."""
    given = {"base_url": endpoint.url, "model": "big", "retries": 0, "fallback": "fast", **more}
    given["models"] = {"fast": {"base_url": other.url, "model": "small", "api_key": "its key"}}
    model = open_models(LlmSettings.model_validate(given)).default
    return [piece async for piece in model.replies([from_person("hi")], "Be brief.", [])]


async def test_when_a_model_is_away_the_next_one_answers() -> None:
    with served(Endpoint(refusals=[503])) as big, served(Endpoint()) as fast:
        *_, reply = await said(big, fast)

    assert isinstance(reply, Reply)
    assert reply.model == "small"
    assert fast.keys == ["Bearer its key"]


async def test_while_it_is_there_nobody_else_is_asked() -> None:
    with served(Endpoint()) as big, served(Endpoint()) as fast:
        *_, reply = await said(big, fast)

    assert isinstance(reply, Reply)
    assert reply.model == "big"
    assert fast.asked == []


async def test_when_all_are_away_the_last_one_says_so() -> None:
    with (
        served(Endpoint(refusals=[503])) as big,
        served(Endpoint(refusals=[401])) as fast,
        pytest.raises(ModelAway, match="'small' answered with status 401"),
    ):
        await said(big, fast)


def test_each_model_has_the_others_of_the_order_behind_it() -> None:
    named = {name: {"base_url": "http://x/v1", "model": name} for name in ("fast", "big")}
    models = open_models(LlmSettings.model_validate({"models": named, "fallback": "fast, big"}))

    behind = {name: [one.name for one in model.rest] for name, model in models.named.items()}
    assert behind == {"default": ["fast", "big"], "fast": ["big"], "big": ["fast"]}
    assert models.names() == "default, fast, big"
