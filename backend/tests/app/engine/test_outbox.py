"""Messages on their way: all of them arrive, in order, in few round trips, and each sender hears of its own."""

import asyncio

import pytest
from processes import free_port
from redis import Redis
from redis.exceptions import RedisError

from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.redis import RedisLines, redis_lines
from neuroagent.config.redis import RedisSettings


async def test_hundreds_at_once_arrive_in_order(lines: RedisLines, redis_client: Redis) -> None:
    outbox = Outbox(Line(lines.kept))

    await asyncio.gather(*(outbox.push("q", str(number)) for number in range(350)))

    assert redis_client.lrange("q", 0, -1) == [str(number).encode() for number in reversed(range(350))]


async def test_each_goes_to_its_own_queue(lines: RedisLines, redis_client: Redis) -> None:
    outbox = Outbox(Line(lines.kept))

    await asyncio.gather(*(outbox.push(f"q{number % 3}", "x") for number in range(9)))

    assert [redis_client.llen(f"q{number}") for number in range(3)] == [3, 3, 3]


async def test_a_sender_that_leaves_takes_nobody_with_it(lines: RedisLines, redis_client: Redis) -> None:
    outbox = Outbox(Line(lines.kept))
    senders = [asyncio.create_task(outbox.push("q", str(number))) for number in range(5)]
    await asyncio.sleep(0)

    senders[0].cancel()
    senders[2].cancel()
    told = await asyncio.gather(*senders, return_exceptions=True)

    assert [answer for answer in told if answer is None] == [None] * 3
    assert {b"1", b"3", b"4"} <= set(redis_client.lrange("q", 0, -1))
    await outbox.push("q", "later")
    assert redis_client.lindex("q", 0) == b"later"


async def test_all_of_them_hear_when_redis_is_away_and_the_next_is_tried_anew() -> None:
    outbox = Outbox(Line(redis_lines(RedisSettings(port=free_port())).kept, patience=2))

    for _ in range(2):
        told = await asyncio.gather(*(outbox.push("q", "x") for _ in range(5)), return_exceptions=True)
        assert all(isinstance(answer, RedisError) for answer in told)


async def test_a_queue_that_is_refused_is_said(lines: RedisLines, redis_client: Redis) -> None:
    redis_client.set("q", "no list")

    with pytest.raises(RedisError, match="WRONGTYPE"):
        await Outbox(Line(lines.kept)).push("q", "x")
