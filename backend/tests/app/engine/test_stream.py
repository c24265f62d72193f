"""A task's stream from the app's side: nothing that was told before is missed, patience has an end."""

import asyncio
from datetime import timedelta

from redis import Redis

from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.engine.stream import follow
from neuroagent.task_schemas.events import Event, Log
from neuroagent.tasks.runtime.stream import TaskStream


async def texts(lines: RedisLines, seconds: float, most: int = 100) -> list[str]:
    said: list[str] = []
    async for event in follow(lines.waiting, "1", timedelta(seconds=seconds)):
        said.append(_text(event))
        if len(said) == most:
            break
    return said


def _text(event: Event) -> str:
    assert isinstance(event, Log)
    return event.text


async def test_what_was_told_before_is_read_at_once(lines: RedisLines, redis_client: Redis) -> None:
    TaskStream(redis_client, "1").tell(Log(text="early"))

    assert await texts(lines, seconds=0) == ["early"]


async def test_what_comes_is_waited_for(lines: RedisLines, redis_client: Redis) -> None:
    reading = asyncio.create_task(texts(lines, seconds=30, most=2))
    await asyncio.sleep(0.1)

    for text in ("first", "second"):
        TaskStream(redis_client, "1").tell(Log(text=text))

    assert await asyncio.wait_for(reading, 30) == ["first", "second"]


async def test_more_than_one_batch_is_read_in_order(lines: RedisLines, redis_client: Redis) -> None:
    stream = TaskStream(redis_client, "1")
    for number in range(1_500):
        stream.tell(Log(text=str(number)))

    assert await texts(lines, seconds=0, most=1_500) == [str(number) for number in range(1_500)]


async def test_patience_ends(lines: RedisLines) -> None:
    assert await texts(lines, seconds=0.2) == []
