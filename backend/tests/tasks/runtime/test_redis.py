"""The worker's line to Redis; test_redis.py of config tries every kind of address."""

from processes import RedisServer, free_port
from redis import Redis

from neuroagent.config.redis import RedisSettings
from neuroagent.tasks.runtime.redis import connect, health


def test_the_line_is_made_from_the_settings(redis: RedisServer) -> None:
    settings = RedisSettings.model_validate({"port": redis.port, "password": redis.password})

    with connect(settings) as line:
        assert line.ping()


def test_health_tells_version_and_time(redis_client: Redis) -> None:
    found = health(redis_client)

    assert found.reachable
    assert found.version == redis_client.info("server")["redis_version"]
    assert 0 < found.milliseconds < 5_000


def test_health_of_a_redis_that_is_away() -> None:
    assert not health(Redis(port=free_port())).reachable
