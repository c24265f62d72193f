"""The app's connections to Redis: a pool for short commands, and those that somebody keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis.asyncio import BlockingConnectionPool, Redis, Sentinel
from redis.exceptions import RedisError

from neuroagent.app.errors import Unavailable
from neuroagent.config.redis import RedisSettings


@dataclass(frozen=True)
class RedisLines:
    """Connected when first used: the app starts, and says what is missing, also while Redis is away."""

    commands: Redis
    kept: Redis

    async def close(self) -> None:
        await self.commands.aclose()
        await self.kept.aclose()


def redis_lines(settings: RedisSettings) -> RedisLines:
    return RedisLines(_connect(settings, kept=False), _connect(settings, kept=True))


@contextmanager
def redis_needed() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise Unavailable("Redis can't be reached, so nothing can be run or answered; try again shortly.") from error


def _connect(settings: RedisSettings, *, kept: bool) -> Redis:
    options = settings.client_options(blocking=kept)
    if not settings.sentinel_hosts:
        redis = Redis(**options)
        if kept:
            return redis  # each of its users keeps one
        pool = redis.connection_pool
        how = {"connection_class": pool.connection_class, "max_connections": settings.pool_size, "timeout": None}
        return Redis.from_pool(BlockingConnectionPool(**how, **pool.connection_kwargs))
    sentinels = Sentinel(settings.sentinel_hosts, sentinel_kwargs=settings.sentinel_options(), **options)
    return sentinels.master_for(settings.sentinel_master)
