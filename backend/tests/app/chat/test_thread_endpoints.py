"""/api/threads: list, make, rename, pin, delete, restore."""

from typing import Any

import httpx
import pytest
from app.chat.test_endpoints import told


async def made(client: httpx.AsyncClient, title: str = "") -> str:
    answer = await client.post("/api/threads", json={"title": title})
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def test_a_thread_is_made_renamed_and_pinned(client: httpx.AsyncClient) -> None:
    thread = await made(client, "Layer 5")

    changed = await client.patch(f"/api/threads/{thread}", json={"title": "Layer 6", "pinned": True, "tools": []})

    assert changed.status_code == 200
    seen = (await client.get(f"/api/threads/{thread}")).json()
    assert (seen["title"], seen["pinned"], seen["tools"], seen["runs"]) == ("Layer 6", True, [], [])


async def test_a_thread_is_about_a_circuit_of_one_s_own(client: httpx.AsyncClient) -> None:
    circuit = (await client.post("/api/circuits/upload?name=a.csv", content=b"a\n1\n")).json()["id"]
    made_with = (await client.post("/api/threads", json={"circuit": circuit})).json()
    thread = await made(client)

    changed = (await client.patch(f"/api/threads/{thread}", json={"circuit": circuit})).json()
    without = (await client.patch(f"/api/threads/{thread}", json={"circuit": None})).json()

    assert (made_with["circuit"], changed["circuit"], without["circuit"]) == (circuit, circuit, None)
    for refused in (
        await client.post("/api/threads", json={"circuit": thread}),
        await client.patch(f"/api/threads/{thread}", json={"circuit": "\u0000"}),
    ):
        assert refused.status_code == 404
        assert "There is no circuit" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"title": None}, 422, "can be changed, not taken away"),
        ({"title": ""}, 422, "title"),
        ({"tools": ["fly"]}, 422, "There is no tool 'fly'"),
        ({"head": "x"}, 404, "There is no message 'x'"),
        ({"head": "\u0000"}, 404, "There is no message"),
        ({"owner": "bob"}, 422, "owner"),
    ],
)
async def test_an_odd_change_is_refused(
    change: dict[str, Any], status: int, said: str, client: httpx.AsyncClient
) -> None:
    answer = await client.patch(f"/api/threads/{await made(client)}", json=change)

    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


async def test_they_are_listed_page_by_page(client: httpx.AsyncClient) -> None:
    ids = [await made(client) for _ in range(3)]

    first = (await client.get("/api/threads?limit=2")).json()
    second = (await client.get("/api/threads", params={"limit": 2, "before": first["next"]})).json()

    assert [thread["id"] for thread in first["threads"] + second["threads"]] == ids[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("odd", ["soon", "2026-01-01", "2026-01-01T00:00:00+00:00~../x", "~"])
async def test_an_odd_cursor_is_refused(odd: str, client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/threads", params={"before": odd})).status_code == 422


async def test_deleted_and_restored(client: httpx.AsyncClient) -> None:
    thread = await made(client)

    assert (await client.delete(f"/api/threads/{thread}")).status_code == 204
    assert (await client.get(f"/api/threads/{thread}")).status_code == 404
    assert [one["id"] for one in (await client.get("/api/threads?deleted=true")).json()["threads"]] == [thread]

    assert (await client.post(f"/api/threads/{thread}/restore")).status_code == 200
    assert (await client.get(f"/api/threads/{thread}")).status_code == 200


async def test_an_empty_thread_has_an_empty_tree(client: httpx.AsyncClient) -> None:
    thread = await made(client)

    assert (await client.get(f"/api/threads/{thread}/messages")).json() == {"messages": [], "branch": []}


async def test_edited_and_regenerated_branches_are_both_reached_and_gone_on_from(client: httpx.AsyncClient) -> None:
    first = (await told(client, "first wording"))[0]["messageId"]
    second = (await told(client, "", trigger="regenerate-message", messageId=first))[0]["messageId"]
    [question, *_] = (await client.get("/api/threads/t1/messages")).json()["messages"]
    edited = (await told(client, "second wording", messageId=question["id"]))[0]["messageId"]

    for head, before in ((first, question["id"]), (second, question["id"]), (edited, None)):
        assert (await client.patch("/api/threads/t1", json={"head": head})).status_code == 200
        branch = (await client.get("/api/threads/t1/messages")).json()["branch"]
        assert branch[-1] == head
        assert before in (branch[0], None)
        answer = (await told(client, "go on"))[0]["messageId"]
        gone_on = (await client.get("/api/threads/t1/messages")).json()["branch"]
        assert gone_on[: len(branch)] == branch
        assert gone_on[-1] == answer

    assert len((await client.get("/api/threads/t1/messages")).json()["messages"]) == 5 + 3 * 2
