"""The app's lines to Redis."""

import asyncio

import pytest
from processes import free_port
from redis.exceptions import ConnectionError as RedisIsAway

from neuroagent.app.engine.redis import RedisLines, redis_lines, redis_needed
from neuroagent.app.errors import Unavailable
from neuroagent.config.redis import RedisSettings


async def test_a_short_command_gets_through_while_others_wait(lines: RedisLines) -> None:
    waiting = [asyncio.create_task(lines.kept.blpop(f"nothing:{number}", timeout=30)) for number in range(20)]
    await asyncio.sleep(0.1)

    assert await lines.commands.ping()

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_lines_are_made_also_while_redis_is_away() -> None:
    lines = redis_lines(RedisSettings(port=free_port()))

    with pytest.raises(RedisIsAway):
        await lines.commands.ping()
    await lines.close()


def test_trouble_with_redis_is_said_to_the_caller() -> None:
    with pytest.raises(Unavailable, match="Redis can't be reached"), redis_needed():
        raise RedisIsAway("10.0.0.7:6379 refused")
