"""Events as an EventSource reads them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from neuroagent.app.jobs import server_sent as module
from neuroagent.app.jobs.server_sent import server_sent
from neuroagent.task_schemas.events import Event, Log, Progress


async def test_an_event_has_a_cursor_a_type_and_one_line_of_data() -> None:
    async def told() -> AsyncIterator[tuple[str | None, Event]]:
        yield "5-0", Log(text="two\nlines")
        yield None, Progress(text="no place of its own")

    _, log, progress = [part async for part in server_sent(told())]

    assert log == 'id: 5-0\nevent: log\ndata: {"type":"log","stream":"stdout","text":"two\\nlines"}\n\n'
    assert progress.startswith("event: progress\ndata: ")


async def test_a_silence_is_filled_with_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEP_ALIVE", 0.05)

    async def told() -> AsyncIterator[tuple[str | None, Event]]:
        await asyncio.sleep(0.3)
        yield "1-0", Log(text="at last")

    parts = [part async for part in server_sent(told())]

    assert parts.count(": still here\n\n") >= 2
    assert "at last" in parts[-1]
