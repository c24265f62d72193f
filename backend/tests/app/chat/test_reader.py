"""One reader: what has come since it looked, or that it has to look in Redis, or that nothing came for a while."""

import asyncio

import pytest

from neuroagent.app.chat import reader as room
from neuroagent.app.chat.reader import Entry, Reader


def entry(number: int) -> Entry:
    return Entry((1, number), is_last=False, sent=b"x")


async def test_what_came_is_taken_once_and_at_once() -> None:
    reader = Reader()
    reader.give(entry(1))
    reader.give(entry(2))

    assert await reader.something() == [entry(1), entry(2)]
    waiting = asyncio.create_task(reader.something())
    await asyncio.sleep(0)
    assert not waiting.done()
    reader.give(entry(3))
    assert await waiting == [entry(3)]
    reader.close()


async def test_who_is_too_far_behind_looks_in_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_WAITING", 2)
    reader = Reader()
    for number in range(3):
        reader.give(entry(number))

    assert await reader.something() == []
    assert reader.is_behind
    reader.close()


async def test_silence_and_leaving_wake_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "KEEP_ALIVE", 0.01)
    reader = Reader()
    assert await reader.something() == []
    assert reader.is_silent
    reader.is_silent = False
    reader.close()

    waiting = asyncio.create_task(reader.something())
    await asyncio.sleep(0)
    reader.leave()

    assert await waiting == []
    assert reader.has_left
