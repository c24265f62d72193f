"""What each request passes through: right, origin, rate; a session and a key alike."""

import httpx
import pytest


async def signed_in(client: httpx.AsyncClient) -> httpx.AsyncClient:
    token = client.headers.pop("authorization").removeprefix("Bearer ")
    answer = await client.post("/api/sign-in", json={"token": token})
    assert answer.status_code == 200
    return client


async def test_a_browser_that_signed_in_may_all_that_the_token_may(client: httpx.AsyncClient) -> None:
    browser = await signed_in(client)

    assert (await browser.post("/api/threads", json={})).status_code == 201
    assert (await browser.get("/api/threads")).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
async def test_another_site_s_page_changes_nothing(headers: dict[str, str], client: httpx.AsyncClient) -> None:
    browser = await signed_in(client)

    refused = await browser.post("/api/threads", json={}, headers=headers)

    assert refused.status_code == 403
    assert (await browser.get("/api/threads")).json()["threads"] == []


async def test_a_program_with_a_token_may_come_from_anywhere(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/threads", json={}, headers={"origin": "https://elsewhere.example"})

    assert answer.status_code == 201


async def test_a_key_may_what_its_scopes_say(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/keys", json={"scopes": ["read"]})
    client.headers["authorization"] = f"Bearer {made.json()['key']}"

    assert (await client.get("/api/threads")).status_code == 200
    refused = await client.post("/api/threads", json={})
    assert refused.status_code == 403
    assert "needs the scope `chat`; yours are: read" in refused.json()["error"]["message"]
