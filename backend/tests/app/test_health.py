"""Probes: alive is alive; ready names each thing that is missing."""

import httpx
from redis import Redis
from tasks.jobs import BEAT

from neuroagent.task_schemas import QUEUES
from neuroagent.tasks.runtime.beat import show

ALL = BEAT.model_copy(update={"queues": list(QUEUES)})


async def test_the_process_is_alive_whatever_is_away(client_without_redis: httpx.AsyncClient) -> None:
    assert (await client_without_redis.get("/healthz")).json() == {"status": "ok"}


async def test_ready_when_every_queue_has_a_worker(client: httpx.AsyncClient, redis_client: Redis) -> None:
    show(redis_client, "w@h", ALL)

    answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "redis": "ok", "queues": dict.fromkeys(QUEUES, "ok")}


async def test_a_queue_without_a_worker_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["queues"]["default_q"] == "no live worker"


async def test_a_redis_that_is_away_is_named(client_without_redis: httpx.AsyncClient) -> None:
    answer = await client_without_redis.get("/readyz")

    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["redis"]) == ("ok", "can't be reached")


async def test_probes_need_no_token(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
