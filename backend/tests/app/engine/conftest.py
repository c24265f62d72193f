"""The app while its queue is away, and while it hangs."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from processes import RedisServer, free_port
from valves import valve

from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.redis import redis_lines
from neuroagent.app.engine.sender import Sender
from neuroagent.config.redis import RedisSettings


@pytest.fixture
async def away(tasks: Tasks, dispatch: Dispatch) -> AsyncIterator[Tasks]:
    """The same app while nobody answers where the queue should be."""
    nowhere = RedisSettings(port=free_port())
    lines = redis_lines(nowhere)
    sending = replace(dispatch, sender=Sender(nowhere, Outbox(Line(lines.kept, 5))))
    yield replace(tasks, dispatch=sending)
    await lines.close()


@pytest.fixture
async def hanging(tasks: Tasks, dispatch: Dispatch, redis: RedisServer) -> AsyncIterator[Tasks]:
    """The same app while its line to the queue swallows what is sent."""
    async with valve(redis.port) as between:
        given = {"port": between.port, "password": redis.password, "command_timeout": 0.5}
        settings = RedisSettings.model_validate(given)
        lines = redis_lines(settings)
        line = Line(lines.kept, patience=0.5)
        await line.ask(("PING",))
        between.shut()
        yield replace(tasks, dispatch=replace(dispatch, sender=Sender(settings, Outbox(line))))
        await lines.close()
