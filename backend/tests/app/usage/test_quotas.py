"""A day's quota: seen before it bites, and said kindly when it does."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from app.conftest import serving
from processes import RedisServer

from neuroagent.app.auth.gate import Caller
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.errors import TooMany
from neuroagent.app.usage.quotas import Quotas, QuotasSettings
from neuroagent.app.usage.rows import Usage, add, add_answer, today

HELLO = {"id": "t1", "messages": [{"role": "user", "parts": [{"type": "text", "text": "hello"}]}]}


@pytest.mark.parametrize(("used", "may"), [(0, True), (99, True), (100, False), (500, False)])
async def test_tokens_are_used_up_when_they_are(used: int, may: bool, ledger: Ledger) -> None:
    quotas = Quotas(Usage(ledger), QuotasSettings(tokens=100))
    await ledger.write(lambda to: add_answer(to, "ada", used, 0))

    if may:
        await quotas.must_have_left(Caller("ada"))
    else:
        with pytest.raises(TooMany, match=rf"Today's tokens are used up: {used} of 100"):
            await quotas.must_have_left(Caller("ada"))
    await quotas.must_have_left(Caller("bob"))


async def test_tool_seconds_too(ledger: Ledger) -> None:
    quotas = Quotas(Usage(ledger), QuotasSettings(tool_seconds=60))
    await ledger.write(lambda to: add(to, "ada", today(), {"tool_seconds": 61.0}))

    with pytest.raises(TooMany, match="Today's tool seconds are used up: 61 of 60"):
        await quotas.must_have_left(Caller("ada"))


async def test_an_answer_counts_and_the_next_is_refused_with_the_hour(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, quotas={"tokens": 1}) as client:
        first = await client.post("/api/chat", json=HELLO)
        stands = await usage_of(client)
        refused = await client.post("/api/chat", json=HELLO)
        tool = await client.post("/api/tasks", json={"name": "ping", "input": {}})
        reading = await client.get("/api/threads/t1/messages")

    assert first.status_code == 200
    assert stands["today"]["answers"] == 1
    assert stands["tokens"]["used"] >= 1
    assert (stands["tokens"]["limit"], stands["tokens"]["left"]) == (1, 0)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "quota_used_up")
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert "The next day begins at 00:00 UTC" in refused.json()["error"]["message"]
    assert tool.status_code == 429
    assert reading.status_code == 200, "what is there can be read"


async def usage_of(client: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await client.get("/api/usage")).json())
