"""/v1 over HTTP, with the built-in model; what clients make of it is tested with the clients themselves."""

import json
from typing import Any

import httpx
import pytest

USER = {"role": "user", "content": "hello"}


async def asked(client: httpx.AsyncClient, *messages: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"model": "built-in", "messages": messages or [USER], **more}
    return await client.post("/v1/chat/completions", json=body)


def chunks(answer: httpx.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def test_the_model_is_listed(client: httpx.AsyncClient) -> None:
    [model] = (await client.get("/v1/models")).json()["data"]

    assert (model["id"], model["object"]) == ("built-in", "model")
    assert (await client.get("/v1/models/built-in")).json() == model


async def test_another_model_is_not_there(client: httpx.AsyncClient) -> None:
    for answer in [await client.get("/v1/models/org/gpt-9"), await asked(client, model="org/gpt-9")]:
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "model_not_found"
        assert "'org/gpt-9'" in answer.json()["error"]["message"]


async def test_an_answer_in_one_piece_is_kept_in_a_thread(client: httpx.AsyncClient) -> None:
    answer = await asked(client, temperature=0.2)

    [choice] = answer.json()["choices"]
    assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")
    assert choice["message"]["content"].startswith("I am the built-in model")
    assert answer.json()["usage"]["total_tokens"] > 0
    kept = (await client.get(f"/api/threads/{answer.headers['x-thread-id']}/messages")).json()["messages"]
    assert [message["role"] for message in kept] == ["user", "assistant"]
    assert kept[1]["parts"][-1]["text"] == choice["message"]["content"]


async def test_an_answer_is_streamed_as_role_deltas_reason_and_usage(client: httpx.AsyncClient) -> None:
    answer = await asked(client, stream=True, stream_options={"include_usage": True})

    assert answer.headers["content-type"].startswith("text/event-stream")
    [first, *deltas, reason, usage] = chunks(answer)
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    said = "".join(delta["choices"][0]["delta"]["content"] for delta in deltas)
    assert said.startswith("I am the built-in model")
    assert reason["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] > 0
    assert len({chunk["id"] for chunk in chunks(answer)}) == 1


async def test_usage_comes_only_when_it_is_asked_for(client: httpx.AsyncClient) -> None:
    assert "usage" not in chunks(await asked(client, stream=True))[-1]


async def test_a_conversation_goes_on_in_its_thread(client: httpx.AsyncClient) -> None:
    first = await asked(client)
    said = first.json()["choices"][0]["message"]

    second = await asked(client, USER, said, {"role": "user", "content": "and again"})
    elsewhere = await asked(client, USER, {**said, "content": "I said something else"}, USER)

    assert second.headers["x-thread-id"] == first.headers["x-thread-id"]
    assert elsewhere.headers["x-thread-id"] != first.headers["x-thread-id"]


async def test_what_goes_wrong_is_said_in_openai_s_words(client: httpx.AsyncClient) -> None:
    refused = await asked(client, n=3)
    misfit = await asked(client, messages="x")
    client.headers["authorization"] = "Bearer the wrong one"
    stranger = await asked(client)

    assert [answer.status_code for answer in (refused, misfit, stranger)] == [400, 400, 401]
    assert refused.json()["error"] == {
        "message": "One answer at a time: `n` is 3, and can only be 1.",
        "type": "invalid_request_error",
        "param": "n",
        "code": "unsupported_value",
    }
    assert misfit.json()["error"]["param"] == "messages"
    assert stranger.json()["error"]["type"] == "authentication_error"
    assert stranger.headers["www-authenticate"] == "Bearer"


async def test_nothing_is_written_down_that_can_t_be_answered(client: httpx.AsyncClient) -> None:
    await asked(client, {"role": "user", "content": "hello"}, {"role": "tool", "content": "42"})

    assert (await client.get("/api/threads")).json()["threads"] == []


@pytest.mark.parametrize("stream", [True, False])
async def test_without_redis_nothing_is_half_done(stream: bool, client_without_redis: httpx.AsyncClient) -> None:
    answer = await asked(client_without_redis, stream=stream)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["error"]["type"] == "server_error"
    assert (await client_without_redis.get("/api/threads")).json()["threads"] == []
