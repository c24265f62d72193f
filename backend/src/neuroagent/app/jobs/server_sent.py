"""Events as an EventSource reads them; a comment now and then keeps proxies from hanging up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from neuroagent.task_schemas.events import Event
from neuroagent.task_schemas.events import events as wire

KEEP_ALIVE: Final = 15.0  # seconds


async def server_sent(told: AsyncIterator[tuple[str | None, Event]]) -> AsyncIterator[str]:
    yield ": here it comes\n\n"
    upcoming = asyncio.ensure_future(anext(told))
    try:
        while True:
            done, _ = await asyncio.wait([upcoming], timeout=KEEP_ALIVE)
            if not done:
                yield ": still here\n\n"
                continue
            with suppress(StopAsyncIteration):
                entry, event = upcoming.result()
                yield _written(entry, event)
                upcoming = asyncio.ensure_future(anext(told))
                continue
            return
    finally:
        upcoming.cancel()


def _written(entry: str | None, event: Event) -> str:
    cursor = f"id: {entry}\n" if entry else ""
    return f"{cursor}event: {event.type}\ndata: {wire.dump_json(event).decode()}\n\n"
