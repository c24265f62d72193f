"""One event loop for a worker process: a body may be `async def`, and its clients stay open from task to task."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def run_sync(body: Coroutine[Any, Any, T]) -> T:
    """Run to the end; whatever interrupts us cancels the body first, so that it can tidy up."""
    loop = _loop()
    task = loop.create_task(body)
    try:
        return loop.run_until_complete(task)
    except BaseException:
        if not task.done():
            task.cancel()
            loop.run_until_complete(asyncio.wait([task]))
        raise


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()
