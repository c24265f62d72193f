"""/mcp as bytes on the wire: who may come in, and what is said to those who may not."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from app.conftest import TOKEN
from app.engine.workers_of_tests import Hand, done
from app.tools.test_calling import OUTPUT

from neuroagent.app.tools import TOOLS

VERSION = "2025-06-18"
HEADERS = {"accept": "application/json, text/event-stream", "host": "localhost:8078", "mcp-protocol-version": VERSION}


def said(answer: httpx.Response) -> Any:
    """The last message of the answer's stream."""
    assert answer.status_code == 200, answer.text
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
    return json.loads(lines[-1])


async def spoken(client: httpx.AsyncClient, method: str, params: Any = None, **headers: str) -> httpx.Response:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    return await client.post("/mcp", json=message, headers=HEADERS | headers)


async def test_a_client_is_greeted(client: httpx.AsyncClient) -> None:
    params = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}

    result = said(await spoken(client, "initialize", params))["result"]

    assert (result["serverInfo"]["name"], list(result["capabilities"])) == ("neuroagent", ["tools"])


async def test_every_tool_is_listed_with_its_schema(client: httpx.AsyncClient) -> None:
    tools = said(await spoken(client, "tools/list"))["result"]["tools"]

    assert [tool["name"] for tool in tools] == list(TOOLS)
    assert {tool["name"]: tool["inputSchema"] for tool in tools} == {n: t.offer.schema for n, t in TOOLS.items()}
    assert all(tool["description"] for tool in tools)


async def test_a_call_is_a_task_of_its_caller(client: httpx.AsyncClient, hand: Hand) -> None:
    calling = asyncio.create_task(spoken(client, "tools/call", {"name": "check_worker", "arguments": {"store": True}}))
    while not hand.waiting():  # noqa: ASYNC110 - the queue is Redis's, and tells nobody
        await asyncio.sleep(0.01)
    job, turn = hand.take()
    turn.end(done(OUTPUT))

    result = said(await calling)["result"]

    assert job.input == {"store": True, "fetch": None}
    assert result["content"][0]["text"].startswith("Worker w is alive")
    assert result["structuredContent"]["worker"] == "w"
    task = (await client.get(f"/api/tasks/{job.task_id}", params={"wait": 30})).json()
    assert task["state"] == "done"


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ({"name": "fly"}, "There is no tool 'fly'; there are check_worker"),
        ({"name": "check_worker", "arguments": {"store": "perhaps"}}, "store: Input should be a valid boolean"),
    ],
)
async def test_what_the_caller_can_mend_is_told_as_a_tool_s_error(
    call: dict[str, Any], hint: str, client: httpx.AsyncClient
) -> None:
    result = said(await spoken(client, "tools/call", call))["result"]

    assert result["isError"] is True
    assert hint in result["content"][0]["text"]


@pytest.mark.parametrize("token", [None, "another token", TOKEN + "x"])
async def test_nobody_gets_in_without_the_token(token: str | None, client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    shown = {"authorization": f"Bearer {token}"} if token else {}

    answer = await spoken(client, "tools/list", **shown)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example"}, 421),
        ({"host": "127.0.0.1.evil.example:80"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://localhost.evil.example"}, 403),
        ({"origin": "http://localhost:6274"}, 200),
        ({"host": "127.0.0.1:1234"}, 200),
    ],
)
async def test_wrong_hosts_and_origins_are_refused(
    headers: dict[str, str], status: int, client: httpx.AsyncClient
) -> None:
    assert (await spoken(client, "tools/list", **headers)).status_code == status


async def test_there_is_nothing_to_get_or_to_delete(client: httpx.AsyncClient) -> None:
    assert (await client.get("/mcp", headers=HEADERS)).status_code == 405
    assert (await client.delete("/mcp", headers=HEADERS)).status_code == 405
