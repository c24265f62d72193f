"""/api/usage: what was used, also by who has used nothing."""

import httpx

from neuroagent.app.usage.endpoints import Quota


async def test_who_has_used_nothing_is_told_so(client: httpx.AsyncClient) -> None:
    stands = (await client.get("/api/usage")).json()

    assert stands["today"]["answers"] == 0
    assert stands["tokens"] == {"used": 0, "limit": None, "left": None}
    assert stands["days"] == []
    assert stands["resets_at"].endswith("T00:00:00Z")


def test_what_went_over_leaves_nothing() -> None:
    assert Quota.of(12, 10).left == 0
