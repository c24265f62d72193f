"""/api/chat over HTTP, with the built-in model; what streams live is tested with real processes."""

import json
from typing import Any

import httpx
import pytest


async def told(client: httpx.AsyncClient, text: str, **more: Any) -> list[dict[str, Any]]:
    message = {"role": "user", "parts": [{"type": "text", "text": text}]}
    answer = await client.post("/api/chat", json={"id": "t1", "messages": [message], **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def test_an_answer_is_streamed_in_the_ai_sdk_s_words(client: httpx.AsyncClient) -> None:
    chunks = await told(client, "hello")

    types = [chunk["type"] for chunk in chunks]
    assert types[:3] == ["start", "start-step", "text-start"]
    assert types[-3:] == ["text-end", "finish-step", "finish"]
    thread = (await client.get("/api/threads/t1")).json()
    assert thread["head"] == chunks[0]["messageId"]
    assert (await client.get("/api/chat/t1/stream")).status_code == 204


async def test_regenerate_and_edit_make_branches(client: httpx.AsyncClient) -> None:
    first = await told(client, "hello")
    again = await told(client, "hello", trigger="regenerate-message", messageId=first[0]["messageId"])
    await told(client, "hello, edited", messageId=(await tree(client))[0]["id"])

    messages = await tree(client)
    assert [message["role"] for message in messages] == ["user", "assistant", "assistant", "user", "assistant"]
    assert messages[1]["parent"] == messages[2]["parent"] == messages[0]["id"]
    assert again[0]["messageId"] == messages[2]["id"]
    assert messages[3]["parent"] is None


async def tree(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await client.get("/api/threads/t1/messages")).json()["messages"])


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"id": "t1", "messages": []}, 422, "The last message must be the person's"),
        ({"id": "t1", "messages": [{"role": "assistant"}]}, 422, "The last message must be the person's"),
        ({"id": "t1", "messages": [{"role": "user"}]}, 422, "The message is empty"),
        ({"id": "../x", "messages": [{"role": "user"}]}, 422, "A thread's id has up to 100 letters"),
        ({"id": "t1", "messages": [], "trigger": "regenerate-message", "messageId": "x"}, 404, "no message 'x'"),
        ({"messages": []}, 422, "id"),
    ],
)
async def test_what_can_t_be_answered_is_refused_with_a_hint(
    body: dict[str, Any], status: int, said: str, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/api/chat", json=body)

    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


async def test_where_nothing_runs_nothing_can_be_stopped_or_taken_back(client: httpx.AsyncClient) -> None:
    await told(client, "hello")

    assert (await client.post("/api/chat/t1/stop", json={})).status_code == 409
    assert (await client.delete("/api/chat/t1/queue/x")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/chat/other/stream"),
        ("POST", "/api/chat/other/stop"),
        ("DELETE", "/api/chat/other/queue/x"),
        ("GET", "/api/chat/%00/stream"),
    ],
)
async def test_another_s_thread_is_a_404(method: str, path: str, client: httpx.AsyncClient) -> None:
    assert (await client.request(method, path, json={})).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/chat"),
        ("GET", "/api/chat/t1/stream"),
        ("POST", "/api/chat/t1/stop"),
        ("DELETE", "/api/chat/t1/queue/x"),
        ("POST", "/api/threads"),
        ("GET", "/api/threads"),
        ("GET", "/api/threads/t1"),
        ("PATCH", "/api/threads/t1"),
        ("DELETE", "/api/threads/t1"),
        ("POST", "/api/threads/t1/restore"),
        ("GET", "/api/threads/t1/messages"),
    ],
)
async def test_nobody_gets_in_without_a_token(method: str, path: str, client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    assert (await client.request(method, path, json={})).status_code == 401


async def test_without_redis_an_answer_is_refused_or_waits(client_without_redis: httpx.AsyncClient) -> None:
    message = {"role": "user", "parts": [{"type": "text", "text": "hello"}]}
    answer = await client_without_redis.post("/api/chat", json={"id": "t1", "messages": [message]})

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (await client_without_redis.get("/api/threads")).json()["threads"] == [], "nothing is half written"
