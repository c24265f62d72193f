"""How often a person may ask: exact, however many ask at once, in however many processes."""

import asyncio
from pathlib import Path

import httpx
import pytest
from app.conftest import serving
from processes import RedisServer
from pydantic import ValidationError
from redis import Redis

from neuroagent.app.auth.rates import Kind, RatesSettings, class_of


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/api/tasks", "read"),
        ("POST", "/api/tasks", "run"),
        ("POST", "/api/tasks/x/cancel", "write"),
        ("POST", "/api/tasks/x/retry", "run"),
        ("POST", "/api/tools/ping/run", "run"),
        ("POST", "/api/circuits/x/questions", "run"),
        ("POST", "/api/chat", "ask"),
        ("POST", "/api/chat/x/stop", "write"),
        ("POST", "/v1/chat/completions", "ask"),
        ("PATCH", "/api/threads/x", "write"),
    ],
)
def test_requests_fall_into_classes(method: str, path: str, kind: Kind) -> None:
    assert class_of(method, path) == kind


@pytest.mark.parametrize("odd", ["often", "-1/minute", "10"])
def test_a_rate_that_can_t_be_read_is_refused_at_the_start(odd: str) -> None:
    with pytest.raises(ValidationError):
        RatesSettings(read=odd)


async def test_of_two_hundred_at_once_twenty_get_through(redis: RedisServer, tmp_path: Path) -> None:
    rates = {"read": "20/hour"}
    async with (
        serving(redis.port, redis.password, tmp_path, rates=rates) as one,
        serving(redis.port, redis.password, tmp_path, rates=rates) as another,
    ):
        answers = await asyncio.gather(*((one, another)[n % 2].get("/api/threads") for n in range(200)))

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(429)) == (20, 180)


async def test_the_headers_say_what_is_left_and_when_to_come_back(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, rates={"read": "2/minute"}) as client:
        left = [(await client.get("/api/threads")).headers["ratelimit"].partition(";t=")[0] for _ in range(2)]
        refused = await client.get("/api/threads")
        other_class = await client.post("/api/threads", json={})

    assert left == ['"read";r=1', '"read";r=0']
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == '"read";q=2;w=60'
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert "That is too often: 2 in 60 s." in refused.json()["error"]["message"]
    assert other_class.status_code == 201


async def test_each_person_has_a_count_of_their_own(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, rates={"read": "1/hour"}) as client:
        keys = [(await client.post("/api/keys", json={"user": name})).json()["key"] for name in ("ada", "bob")]
        who = [{"authorization": f"Bearer {key}"} for key in keys]
        statuses = [(await client.get("/api/threads", headers=headers)).status_code for headers in [*who, who[0]]]

    assert statuses == [200, 200, 429]


async def test_guessing_a_token_is_slow(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, rates={"sign_in": "3/hour"}) as client:
        answers = [await client.post("/api/sign-in", json={"token": f"guess {n}"}) for n in range(5)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]


async def test_no_rate_no_count(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, rates={"read": "off"}) as client:
        assert "ratelimit" not in (await client.get("/api/threads")).headers


async def test_without_redis_nobody_is_counted_and_reading_goes_on(client_without_redis: httpx.AsyncClient) -> None:
    assert (await client_without_redis.get("/api/threads")).status_code == 200


async def test_counting_takes_no_connection_of_its_own(client: httpx.AsyncClient, redis_client: Redis) -> None:
    await client.get("/healthz")
    await client.get("/readyz")
    before = len(redis_client.client_list())

    await asyncio.gather(*(client.get("/api/threads") for _ in range(50)))

    assert len(redis_client.client_list()) <= before
