"""Any number of readers hear all of a run, whenever they come."""

import asyncio
from contextlib import aclosing

import pytest
from app.chat.rooms import Opener
from end_to_end.faults.servers import until
from redis import Redis

from neuroagent.app.chat import reader
from neuroagent.app.chat.run_hub import RunHub
from neuroagent.app.chat.run_stream import RunStream
from neuroagent.app.engine.redis import RedisLines


async def listened(hub: RunHub) -> list[bytes | None]:
    return [piece async for piece in hub.read("r1")]


async def spoken(lines: RedisLines, attempt: int = 1) -> RunStream:
    stream = RunStream(lines.commands, "r1", attempt)
    await stream.begin()
    stream.say({"type": "start"})
    await asyncio.sleep(0.1)
    return stream


ALL = b'data: {"type":"start"}\n\ndata: {"type":"finish"}\n\n'


async def test_who_was_there_and_who_came_late_hear_the_same(opened: Opener, lines: RedisLines) -> None:
    hub, elsewhere = (await opened()).hub, (await opened()).hub
    early = asyncio.create_task(listened(hub))
    await asyncio.sleep(0.1)
    stream = await spoken(lines)
    late = [asyncio.create_task(listened(one)) for one in (hub, elsewhere)]
    await asyncio.sleep(0.1)
    await stream.end({"type": "finish"})

    for heard in await asyncio.gather(early, *late, listened(hub)):
        assert b"".join(piece or b"" for piece in heard) == ALL


async def test_a_reader_hears_on_when_the_connection_was_lost(
    opened: Opener, lines: RedisLines, redis_client: Redis
) -> None:
    hub = (await opened()).hub
    reading = asyncio.create_task(listened(hub))
    stream = await spoken(lines)
    redis_client.client_kill_filter(_type="pubsub")
    await stream.end({"type": "finish"})

    assert b"".join(piece or b"" for piece in await reading) == ALL


async def test_who_heard_an_attempt_that_died_is_sent_away_to_hear_it_anew(opened: Opener, lines: RedisLines) -> None:
    hub = (await opened()).hub
    reading = asyncio.create_task(listened(hub))
    died = await spoken(lines)
    again = await spoken(lines, attempt=2)
    await again.end({"type": "finish"})

    assert await reading == [b'data: {"type":"start"}\n\n']
    assert b"".join(piece or b"" for piece in await listened(hub)) == ALL
    await died.leave()


async def test_a_slow_reader_misses_nothing(opened: Opener, lines: RedisLines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_WAITING", 2)
    hub = (await opened()).hub
    stream = await spoken(lines)
    async with aclosing(hub.read("r1")) as reading:
        heard = [await anext(reading)]
        for number in range(6):
            stream.say({"type": "data-x", "id": str(number), "data": None})
            await asyncio.sleep(0.08)
        await stream.end({"type": "finish"})
        await asyncio.sleep(0.1)
        heard += [piece async for piece in reading]

    whole = b"".join(piece or b"" for piece in heard)
    assert [whole.count(b'"id":"%d"' % number) for number in range(6)] == [1] * 6
    assert whole.endswith(b'data: {"type":"finish"}\n\n')


async def test_silence_is_told_too(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "KEEP_ALIVE", 0.5)
    hub = (await opened()).hub
    async with aclosing(hub.read("r1")) as reading:
        assert [await anext(reading), await anext(reading)] == [b"", None]


async def test_nobody_is_listened_to_when_nobody_reads(opened: Opener, redis_client: Redis) -> None:
    hub = (await opened()).hub
    async with aclosing(hub.read("r1")) as one, aclosing(hub.read("r1")) as another:
        waiting = [asyncio.ensure_future(anext(reader)) for reader in (one, another)]
        await until(lambda: redis_client.pubsub_channels("run:*") == [b"run:r1"], "both are there")
        for one_waiting in waiting:
            one_waiting.cancel()
        await asyncio.wait(waiting)

    await until(lambda: redis_client.pubsub_channels("run:*") == [], "nobody listens")
