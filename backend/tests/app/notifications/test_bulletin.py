"""What happened while away is told once, and then what comes; in this process and from others."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from end_to_end.faults.servers import until_soon

from neuroagent.app.notifications import bulletin as module
from neuroagent.app.notifications.bulletin import Bulletin, Live
from neuroagent.app.notifications.mailboxes import News, put
from neuroagent.app.notifications.models import NotificationRow

Told = NotificationRow | Live | None


def news(key: str) -> News:
    return News("ada", "task_complete", key, None, {})


async def some(told: AsyncGenerator[Told], count: int) -> list[str]:
    """The keys of the next ones; silences don't count."""
    keys: list[str] = []
    while len(keys) < count:
        one = await asyncio.wait_for(anext(told), 20)
        if isinstance(one, NotificationRow):
            keys.append(one.key)
        elif one is not None:
            keys.append(f"live {one['text']}")
    return keys


async def test_what_happened_while_away_is_replayed_once(bulletin: Bulletin) -> None:
    async with bulletin.open():
        for number in range(120):
            bulletin.tell(news(f"{number}"))

        async def written() -> bool:
            return len(await bulletin.mailboxes.after("ada", 0, 200)) == 120

        await until_soon(written, "all is written")
        async with aclosing(bulletin.listen("ada", None)) as first:
            assert await some(first, 120) == [f"{number}" for number in range(120)]
            bulletin.tell(news("live"))
            assert await some(first, 1) == ["live"]
            bulletin.tell(news("last"))
            assert await some(first, 1) == ["last"]

        async with aclosing(bulletin.listen("ada", None)) as again:
            assert await some(again, 1) == ["last"], "whether the very last one has arrived nobody knows"
        async with aclosing(bulletin.listen("ada", 119)) as from_a_place:
            assert await some(from_a_place, 3) == ["119", "live", "last"]


async def test_another_process_s_ring_is_heard(bulletin: Bulletin) -> None:
    async with aclosing(bulletin.listen("ada", None)) as told:
        waiting = asyncio.create_task(some(told, 1))
        await asyncio.sleep(0.1)
        await bulletin.mailboxes.ledger.write(lambda connection: put(connection, news("elsewhere")))

        bulletin.hear(json.dumps({"owner": "ada", "live": []}).encode())

        assert await waiting == ["elsewhere"]


@pytest.mark.parametrize("rung", [None, "silence"])
async def test_a_ring_that_got_lost_is_made_up_for(
    rung: str | None, bulletin: Bulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEEP_ALIVE", 0.05)
    async with aclosing(bulletin.listen("ada", None)) as told:
        assert await anext(told) is None, "nothing for a while"
        await bulletin.mailboxes.ledger.write(lambda connection: put(connection, news("unheard")))
        if rung is None:
            bulletin.hear(None)  # the connection was there again

        assert await some(told, 1) == ["unheard"]


async def test_of_progress_only_the_latest_is_told(bulletin: Bulletin) -> None:
    async with aclosing(bulletin.listen("ada", None)) as told:
        waiting = asyncio.create_task(some(told, 1))
        await asyncio.sleep(0.1)
        lives: list[dict[str, Any]] = [{"task_id": "k", "thread": "t1", "text": f"{number}"} for number in range(3)]

        bulletin.hear(json.dumps({"owner": "ada", "live": lives}).encode())

        assert await waiting == ["live 2"]
    assert await bulletin.mailboxes.unread("ada") == 0


async def test_who_has_left_is_rung_for_no_more(bulletin: Bulletin) -> None:
    async with aclosing(bulletin.listen("ada", None)) as told:
        waiting = asyncio.create_task(some(told, 1))
        await asyncio.sleep(0.1)
        assert list(bulletin._listeners) == ["ada"]
        waiting.cancel()
        await asyncio.wait([waiting])

    assert list(bulletin._listeners) == []


async def test_what_the_end_of_the_process_finds_unwritten_is_written(bulletin: Bulletin) -> None:
    async with bulletin.open():
        bulletin.tell(news("last words"))

    assert [row.key for row in await bulletin.mailboxes.after("ada", 0, 10)] == ["last words"]
