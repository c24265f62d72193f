"""/api/threads/{id}/suggestions."""

import httpx

from neuroagent.app.chat.suggestions import STARTERS


async def test_over_http_and_only_for_the_owner(client: httpx.AsyncClient) -> None:
    made = (await client.post("/api/threads", json={})).json()["id"]

    answer = await client.get(f"/api/threads/{made}/suggestions")

    assert answer.json() == {"suggestions": list(STARTERS.values()), "source": "starter"}
    assert (await client.get("/api/threads/other/suggestions")).status_code == 404
    client.headers.pop("authorization")
    assert (await client.get(f"/api/threads/{made}/suggestions")).status_code == 401
