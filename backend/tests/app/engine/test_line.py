"""One kept connection: its answers, its refusals, and what it does when the connection or Redis is gone."""

import asyncio

import pytest
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from neuroagent.app.engine.line import Line
from neuroagent.app.engine.redis import RedisLines


async def test_several_are_asked_at_once_and_answered_in_order(lines: RedisLines) -> None:
    assert await Line(lines.kept).ask(("SET", "a", 1), ("INCR", "a"), ("GET", "a")) == [b"OK", 2, b"2"]


async def test_a_refusal_is_raised_and_the_answers_after_it_are_not_mixed_up(lines: RedisLines) -> None:
    line = Line(lines.kept)

    with pytest.raises(ResponseError, match="not an integer"):
        await line.ask(("SET", "a", "x"), ("INCR", "a"), ("SET", "b", "y"))

    assert await line.ask(("GET", "b")) == [b"y"]


async def test_it_keeps_one_connection(lines: RedisLines, redis_client: Redis) -> None:
    line, before = Line(lines.kept), len(redis_client.client_list())

    for _ in range(20):
        await line.ask(("PING",))

    assert len(redis_client.client_list()) == before + 1


async def test_a_connection_that_died_meanwhile_is_replaced_unnoticed(lines: RedisLines, redis_client: Redis) -> None:
    line = Line(lines.kept)
    [mine] = await line.ask(("CLIENT", "ID"))
    redis_client.client_kill_filter(_id=str(mine))

    [next_one] = await line.ask(("CLIENT", "ID"))

    assert next_one != mine


async def test_silence_ends_with_an_error_and_what_comes_late_is_nobodys_answer(
    lines: RedisLines, redis_client: Redis
) -> None:
    line = Line(lines.kept, patience=0.2)
    with pytest.raises(RedisError, match=r"didn't answer within 0\.2 s"):
        await line.ask(("BLPOP", "nothing", 30))

    assert await line.ask(("PING",)) == [b"PONG"]


async def test_who_stops_waiting_leaves_the_line_usable(lines: RedisLines) -> None:
    line = Line(lines.kept)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await line.ask(("BLPOP", "nothing", 30))

    assert await line.ask(("PING",)) == [b"PONG"]
