"""What Redis knows of tasks, from the app's side; test_turn.py of the workers has the rules."""

import time
from dataclasses import replace

import pytest
from app.engine.workers_of_tests import done
from redis import Redis
from tasks.jobs import STARTED

from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.engine.turns import Seen, Turns
from neuroagent.task_schemas.events import Log
from neuroagent.tasks.runtime.turn import Turn

SENT_AT = time.time()


def a_turn(redis: Redis, task_id: str = "1") -> Turn:
    turn = Turn(redis, task_id, "inbox:test", "w@h", 30.0)
    return replace(turn, attempt=int(turn.claim("q", 3, 0, SENT_AT, STARTED)))


async def test_a_task_is_seen_as_it_is(lines: RedisLines, redis_client: Redis) -> None:
    turns = Turns(lines.commands)
    ended = a_turn(redis_client, "2")
    a_turn(redis_client, "1")
    ending = done(1)
    ended.end(ending)

    assert await turns.see(["1", "2", "3"]) == [
        Seen(final=None, pause=None, leased=True, attempts=1),
        Seen(final=ending.model_copy(update={"attempt": 1}), pause=None, leased=False, attempts=1),
        Seen(final=None, pause=None, leased=False, attempts=None),
    ]


async def test_a_queue_tells_how_far_it_is(lines: RedisLines, redis_client: Redis) -> None:
    a_turn(redis_client)
    redis_client.lpush("q", "a message")

    assert await Turns(lines.commands).queue_has_passed(["q", "empty"]) == {
        "q": pytest.approx(SENT_AT),
        "empty": float("inf"),
    }


async def test_the_app_ends_only_what_nobody_holds(lines: RedisLines, redis_client: Redis) -> None:
    turns = Turns(lines.commands)
    turn = a_turn(redis_client)

    assert not await turns.end("1", "inbox:test", done())
    redis_client.delete(turn.keys.lease)
    assert await turns.end("1", "inbox:test", done())
    assert not await turns.end("1", "inbox:test", done())


async def test_a_long_stream_is_read_whole_and_from_any_place(lines: RedisLines, redis_client: Redis) -> None:
    turn = a_turn(redis_client)
    for number in range(1_200):
        turn.tell(Log(text=str(number)))

    told = await Turns(lines.commands).told("1")
    rest = await Turns(lines.commands).told("1", after=told[999][0])

    assert [event.text for _, event in told if isinstance(event, Log)] == [str(number) for number in range(1_200)]
    assert rest == told[1_000:]
