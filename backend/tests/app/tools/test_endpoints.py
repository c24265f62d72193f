"""/api/tools: what there is, and a tool without a model."""

import httpx
from app.engine.workers_of_tests import Hand
from redis import Redis

from neuroagent.app.tools import TOOLS


async def test_every_tool_is_listed_with_why_it_can_t_be_called(client: httpx.AsyncClient) -> None:
    tools = (await client.get("/api/tools")).json()["tools"]

    assert [tool["name"] for tool in tools] == list(TOOLS)
    [check] = [tool for tool in tools if tool["name"] == "check_worker"]
    assert (check["queue"], check["online"], check["why"]) == (
        "default_q",
        False,
        "No live worker serves 'default_q'.",
    )
    assert "store" in check["schema"]["properties"]


async def test_without_redis_nobody_knows(client_without_redis: httpx.AsyncClient) -> None:
    tools = (await client_without_redis.get("/api/tools")).json()["tools"]

    assert {tool["why"] for tool in tools} == {"Redis can't be reached."}


async def test_a_tool_is_run_without_a_model(client: httpx.AsyncClient, redis_client: Redis) -> None:
    answer = await client.post("/api/tools/check_worker/run?wait=0", json={"arguments": {"store": True}})

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["name"]) == ("queued", "worker_health_check")
    job, _ = Hand(redis_client).take()
    assert job.input == {"store": True, "fetch": None}


async def test_the_same_key_gets_the_same_task(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "once"}
    asked = [await client.post("/api/tools/check_worker/run?wait=0", json={}, headers=headers) for _ in range(2)]

    assert asked[0].json()["id"] == asked[1].json()["id"]


async def test_what_doesn_t_fit_is_refused_with_a_hint(client: httpx.AsyncClient) -> None:
    unknown = await client.post("/api/tools/fly/run", json={})
    odd = await client.post("/api/tools/check_worker/run", json={"arguments": {"store": "perhaps"}})

    assert (unknown.status_code, odd.status_code) == (404, 422)
    assert "There is no tool 'fly'; there are" in unknown.json()["error"]["message"]
    assert "store: Input should be a valid boolean" in odd.json()["error"]["message"]


async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    assert (await client.get("/api/tools")).status_code == 401
    assert (await client.post("/api/tools/check_worker/run", json={})).status_code == 401
