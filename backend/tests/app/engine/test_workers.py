"""Which workers are alive: those that say so; the silent are forgotten."""

from redis import Redis
from tasks.jobs import BEAT

from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.engine.workers import live_workers
from neuroagent.task_schemas.jobs import WORKERS_KEY, worker_key
from neuroagent.tasks.runtime.beat import show


async def test_no_worker_at_all(lines: RedisLines) -> None:
    assert await live_workers(lines.commands) == {}


async def test_a_live_worker_tells_who_it_is(lines: RedisLines, redis_client: Redis) -> None:
    show(redis_client, "w@h", BEAT)

    assert await live_workers(lines.commands) == {"w@h": BEAT}


async def test_one_that_can_t_be_understood_is_nobody_to_count_on(lines: RedisLines, redis_client: Redis) -> None:
    show(redis_client, "w@h", BEAT)
    redis_client.sadd(WORKERS_KEY, "odd")
    redis_client.set(worker_key("odd"), "{}")

    assert set(await live_workers(lines.commands)) == {"w@h"}


async def test_a_silent_worker_is_forgotten(lines: RedisLines, redis_client: Redis) -> None:
    show(redis_client, "alive", BEAT)
    show(redis_client, "silent", BEAT)
    redis_client.delete(worker_key("silent"))  # as its expiry would

    assert set(await live_workers(lines.commands)) == {"alive"}
    assert redis_client.smembers(WORKERS_KEY) == {b"alive"}
