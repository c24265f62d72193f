"""A stranger walks through every route that the app knows of."""

from typing import Any

import httpx
import pytest
from attacks.http.walk import Route, routes

OPEN = ("/healthz", "/readyz", "/sign-in", "/api/sign-in", "/api/sign-out", "/api/me", "/api/shared/")
EVERYBODYS = ("/api/tools/", "/v1/models/")  # tools and models have no owner
HELLO = {"id": "adas", "messages": [{"role": "user", "parts": [{"type": "text", "text": "hello"}]}]}


def is_open(route: Route) -> bool:
    return route.path == "/" or route.path.startswith(OPEN)


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer a guess"}, {"cookie": "neuroagent_session=a.b.c"}])
async def test_nobody_gets_in_anywhere(shown: dict[str, str], client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    answers = {
        f"{route.method} {route.path}": (await route.ask(client, {}, shown)).status_code
        for route in await routes(client)
        if not is_open(route)
    }

    assert len(answers) > 25
    assert {what: status for what, status in answers.items() if status != 401} == {}


async def test_another_s_things_aren_t_there(client: httpx.AsyncClient) -> None:
    ada, bob = [await key_of(client, name) for name in ("ada", "bob")]
    ids = await made_by(client, ada)
    walked = [route for route in await routes(client) if route.names and not route.path.startswith(EVERYBODYS)]

    hers = {route.path: await route.ask(client, ids, ada) for route in walked if route.method == "get"}
    answers = {f"{route.method} {route.path}": await route.ask(client, ids, bob) for route in walked}

    assert sum(answer.status_code != 404 for answer in hers.values()) >= 5, "her own are there"
    assert {what: answer.text for what, answer in answers.items() if answer.status_code != 404} == {}


async def test_a_stranger_left_no_trace(client: httpx.AsyncClient) -> None:
    """What a refused change leaves behind would be seen by its owner."""
    ada, bob = [await key_of(client, name) for name in ("ada", "bob")]
    ids = await made_by(client, ada)
    before = await seen_by(client, ada, ids)

    for route in await routes(client):
        if route.names and route.method != "get" and not route.path.startswith(EVERYBODYS):
            await route.ask(client, ids, bob)

    assert await seen_by(client, ada, ids) == before


async def key_of(client: httpx.AsyncClient, name: str) -> dict[str, str]:
    made = await client.post("/api/keys", json={"user": name, "scopes": ["chat", "tools"]})
    return {"authorization": f"Bearer {made.json()['key']}"}


async def made_by(client: httpx.AsyncClient, who: dict[str, str]) -> dict[str, str]:
    """Something of each kind."""
    assert (await client.post("/api/chat", json=HELLO, headers=who)).status_code == 200
    tree = (await client.get("/api/threads/adas/messages", headers=who)).json()
    task = await client.post("/api/tasks", json={"name": "ping", "input": {}}, headers=who)
    cancelled = await client.post(f"/api/tasks/{task.json()['id']}/cancel", headers=who)
    assert cancelled.status_code == 200, "what has ended keeps no reader waiting"
    [key] = (await client.get("/api/keys", headers=who)).json()["keys"]
    return {
        "thread_id": "adas",
        "message_id": tree["branch"][0],
        "task_id": task.json()["id"],
        "key_id": key["id"],
    }


async def seen_by(client: httpx.AsyncClient, who: dict[str, str], ids: dict[str, str]) -> Any:
    thread = (await client.get("/api/threads/adas", headers=who)).json()
    task = (await client.get(f"/api/tasks/{ids['task_id']}?wait=0", headers=who)).json()
    keys = (await client.get("/api/keys", headers=who)).json()["keys"]
    return thread, task["state"], [key["revoked_at"] for key in keys]
