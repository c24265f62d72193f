"""The worker's own line to Redis, apart from Celery's."""

from time import perf_counter

from redis import Redis, RedisError
from redis.sentinel import Sentinel

from neuroagent.config.redis import RedisSettings
from neuroagent.tasks.runtime.report import RedisHealth


def connect(settings: RedisSettings, *, blocking: bool = False) -> Redis:
    options = settings.client_options(blocking=blocking)
    if not settings.sentinel_hosts:
        return Redis(**options)
    sentinels = Sentinel(settings.sentinel_hosts, sentinel_kwargs=settings.sentinel_options(), **options)
    return sentinels.master_for(settings.sentinel_master)


def health(redis: Redis) -> RedisHealth:
    """One round trip, timed."""
    try:
        version = redis.info("server")["redis_version"]
        start = perf_counter()
        redis.ping()
    except RedisError:
        return RedisHealth(reachable=False)
    return RedisHealth(reachable=True, version=str(version), milliseconds=round((perf_counter() - start) * 1000, 3))
