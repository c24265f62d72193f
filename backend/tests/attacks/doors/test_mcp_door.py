"""Hostile callers of the MCP door."""

import json
from typing import Any

import httpx
import pytest

HEADERS = {
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
    "host": "localhost",
    "mcp-protocol-version": "2025-06-18",
}


def call(**params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


async def sent(client: httpx.AsyncClient, given: Any, **headers: str) -> httpx.Response:
    content = given if isinstance(given, (str, bytes)) else json.dumps(given)
    return await client.post("/mcp", content=content, headers=HEADERS | headers)


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "{",
        "null",
        "[]",
        "[" * 50_000,
        b"\xff\xfe",
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": "no/such/method"},
        call(),
        call(name=3),
        call(name="check_worker", arguments=[1]),
        call(name="check_worker", arguments={"store": {"$ne": 1}}),
        call(name="x" * 100_000),
        call(name="../../etc/passwd", arguments={}),
        call(name="check_worker\r\nset-cookie: a=b", arguments={}),
    ],
    ids=lambda given: str(given)[:40],
)
async def test_what_is_no_call_makes_no_task_and_breaks_nothing(hostile: Any, client: httpx.AsyncClient) -> None:
    answer = await sent(client, hostile)

    assert answer.status_code < 500
    assert "set-cookie" not in answer.headers
    assert len(answer.content) < 10_000
    assert (await client.get("/api/tasks")).json()["tasks"] == []


async def test_a_body_that_is_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    answer = await sent(client, b" " * (4 * 2**20 + 1))

    assert answer.status_code == 413


@pytest.mark.parametrize("headers", [{"host": "rebound.example"}, {"origin": "https://evil.example"}])
@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28", "9999-01-01", ""])
async def test_no_version_of_the_protocol_lets_a_wrong_page_in(
    version: str, headers: dict[str, str], client: httpx.AsyncClient
) -> None:
    given = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}

    answer = await sent(client, given, **headers, **{"mcp-protocol-version": version})

    assert answer.status_code in {403, 421}


async def test_a_session_of_another_means_nothing(client: httpx.AsyncClient) -> None:
    client.headers["authorization"] = "Bearer a stranger's"

    answer = await sent(client, call(name="check_worker"), **{"mcp-session-id": "0" * 32})

    assert answer.status_code == 401
