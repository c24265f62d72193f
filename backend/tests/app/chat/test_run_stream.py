"""What a run says stands in Redis, in order, and only from the process that has it."""

import asyncio
import json

import pytest
from end_to_end.faults.servers import until
from redis import Redis

from neuroagent.app.chat.run_stream import LostRun, RunStream, run_key
from neuroagent.app.engine.redis import RedisLines


def kept(redis: Redis, run_id: str = "r1") -> list[tuple[str, str, list[object]]]:
    entries = redis.xrange(run_key(run_id))
    return [
        (
            number.decode(),
            fields[b"flag"].decode(),
            [json.loads(line) for line in fields[b"chunks"].split(b"\n") if line],
        )
        for number, fields in entries
    ]


async def test_it_is_kept_in_order_and_ends(lines: RedisLines, redis_client: Redis) -> None:
    stream = RunStream(lines.commands, "r1", 1)
    await stream.begin()
    stream.say({"type": "start"})
    await until(lambda: bool(kept(redis_client)), "it is written")
    stream.say({"type": "text-start", "id": "0"})

    await stream.end({"type": "finish"})

    flags, chunks = (
        [flag for _, flag, _ in kept(redis_client)],
        [one for _, _, some in kept(redis_client) for one in some],
    )
    assert (flags[0], flags[-1]) == ("more", "end")
    assert chunks == [{"type": "start"}, {"type": "text-start", "id": "0"}, {"type": "finish"}]
    assert 0 < redis_client.ttl(run_key("r1")) <= 3_600


async def test_deltas_of_a_moment_become_one(lines: RedisLines, redis_client: Redis) -> None:
    stream = RunStream(lines.commands, "r1", 1)
    await stream.begin()
    for word in ("one ", "two ", "three"):
        stream.say({"type": "text-delta", "id": "0", "delta": word})
    stream.say({"type": "text-delta", "id": "1", "delta": "another part"})
    await stream.end()

    told = [(chunk["id"], chunk["delta"]) for _, _, some in kept(redis_client) for chunk in some]  # type: ignore[index]  # chunks
    assert told == [("0", "one two three"), ("1", "another part")]


async def test_a_process_that_lost_its_run_is_refused(lines: RedisLines, redis_client: Redis) -> None:
    old, new = RunStream(lines.commands, "r1", 1), RunStream(lines.commands, "r1", 2)
    await old.begin()
    old.say({"type": "start"})
    await asyncio.sleep(0.1)
    await new.begin()
    new.say({"type": "start", "again": True})
    await new.end()

    with pytest.raises(LostRun):
        await old.end({"type": "finish"})

    assert [chunk for _, _, some in kept(redis_client) for chunk in some] == [{"type": "start", "again": True}]


async def test_who_speaks_on_without_a_redis_finds_out(lines: RedisLines, redis_client: Redis) -> None:
    stream = RunStream(lines.commands, "r1", 1)
    await stream.begin()
    redis_client.set(run_key("r1"), "somebody has broken it")

    async def speaking() -> None:
        for _ in range(200):
            stream.say({"type": "start-step"})
            await asyncio.sleep(0.02)

    with pytest.raises(LostRun):
        await speaking()


async def test_an_end_that_comes_at_once_loses_nothing(lines: RedisLines, redis_client: Redis) -> None:
    for attempt in range(1, 30):
        stream = RunStream(lines.commands, f"r{attempt}", attempt)
        await stream.begin()
        stream.say({"type": "start"})
        for _ in range(attempt % 5):
            await asyncio.sleep(0)
        await stream.end({"type": "finish"})

        chunks = [one for _, _, some in kept(redis_client, f"r{attempt}") for one in some]
        assert chunks == [{"type": "start"}, {"type": "finish"}]
