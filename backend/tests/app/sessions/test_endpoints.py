"""/api/sessions: what is kept is listed, and goes when its owner says so."""

import httpx


async def test_who_has_none_sees_none(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/sessions")).json() == {"sessions": []}


async def test_a_session_that_is_not_there_is_said(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/sessions/mine")

    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "There is no session 'mine'."


async def test_a_stranger_is_told_nothing(client: httpx.AsyncClient) -> None:
    for method, path in (("GET", "/api/sessions"), ("DELETE", "/api/sessions/mine")):
        assert (await client.request(method, path, headers={"authorization": "Bearer wrong"})).status_code == 401
