"""A task's stream, from the app's side: read from its beginning, for as long as the reader is patient."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from redis.asyncio import Redis

from neuroagent.task_schemas.events import FIELD, Event, stream_key
from neuroagent.task_schemas.events import events as wire


async def follow(redis: Redis, task_id: str, patience: timedelta) -> AsyncIterator[Event]:
    """What has been told so far, then what comes; with no patience, only the former."""
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    last_seen = "0"  # the answer may be there before we look
    while True:
        left = deadline - asyncio.get_running_loop().time()
        block = max(1, round(left * 1000)) if left > 0 else None
        entries = await redis.xread({stream_key(task_id): last_seen}, count=1_000, block=block)
        for _, told in entries:
            for entry_id, fields in told:
                last_seen = entry_id
                yield wire.validate_json(fields[FIELD.encode()])
        if not entries and left <= 0:
            return
