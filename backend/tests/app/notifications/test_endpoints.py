"""/api/notifications: pages, what is read, and what is hostile; the live doors are tested with a real process."""

from typing import Any

import httpx
import pytest
from end_to_end.faults.servers import until_soon


async def answered(client: httpx.AsyncClient, count: int) -> list[dict[str, Any]]:
    """So many answers, each of which is told of."""
    for number in range(count):
        message = {"role": "user", "parts": [{"type": "text", "text": "hello"}]}
        body = {"id": f"t{number}", "messages": [message]}
        assert (await client.post("/api/chat", json=body)).status_code == 200

    async def all_told() -> bool:
        return bool((await page(client))["unread"] == count)

    await until_soon(all_told, "each is told of")
    return list((await page(client))["notifications"])


async def page(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    answer = await client.get("/api/notifications", params=given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_pages_go_from_new_to_old_and_reading_counts_down(client: httpx.AsyncClient) -> None:
    told = await answered(client, 3)
    assert [one["thread"] for one in told] == ["t2", "t1", "t0"]
    assert {one["type"] for one in told} == {"run_finished"}

    first = await page(client, limit=2)
    rest = await page(client, limit=2, before=first["next"])
    assert [one["id"] for one in [*first["notifications"], *rest["notifications"]]] == [one["id"] for one in told]
    assert rest["next"] is None

    left = await client.post("/api/notifications/read", json={"ids": [told[0]["id"]]})
    assert left.json() == {"unread": 2}
    assert (await page(client))["notifications"][0]["read"] is True
    assert (await client.post("/api/notifications/read", json={"up_to": told[0]["id"]})).json() == {"unread": 0}


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"ids": [0]}, {"ids": [2**63]}, {"up_to": -1}, {"ids": [1], "up_to": 1}, {"all": True}]
)
async def test_what_names_nothing_is_refused(body: dict[str, Any], client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/notifications/read", json=body)).status_code == 422


@pytest.mark.parametrize("given", [{"before": "x"}, {"before": 0}, {"limit": 0}, {"before": 2**64}])
async def test_a_cursor_that_is_none_is_refused(given: dict[str, Any], client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/notifications", params=given)).status_code == 422


async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    for method, path in (("GET", ""), ("GET", "/stream"), ("POST", "/read")):
        assert (await client.request(method, f"/api/notifications{path}", json={})).status_code == 401
