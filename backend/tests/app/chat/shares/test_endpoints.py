"""/api/threads/{id}/share and /api/shared/{token} over HTTP."""

import httpx
from app.chat.test_endpoints import told


async def test_a_link_shows_the_conversation_as_it_was_to_anybody(client: httpx.AsyncClient) -> None:
    await told(client, "before")

    made = await client.post("/api/threads/t1/share")
    await told(client, "said later")

    assert made.status_code == 201
    path = made.json()["path"]
    client.headers.pop("authorization")
    shown = await client.get(path)
    assert shown.status_code == 200
    assert [message["role"] for message in shown.json()["messages"]] == ["user", "assistant"]
    assert "said later" not in shown.text
    assert shown.json()["title"] == "before"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["cache-control"] == "private, no-store"


async def test_links_are_listed_without_their_tokens_and_taken_back(client: httpx.AsyncClient) -> None:
    await told(client, "hi")
    made = (await client.post("/api/threads/t1/share")).json()

    [listed] = (await client.get("/api/threads/t1/shares")).json()["shares"]

    assert (listed["id"], listed["path"]) == (made["id"], None)
    assert (await client.delete(f"/api/threads/t1/shares/{made['id']}")).status_code == 204
    assert (await client.get(made["path"])).status_code == 404
    assert (await client.get("/api/threads/t1/shares")).json()["shares"] == []
