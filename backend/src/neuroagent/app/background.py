"""Work that goes on beside the requests, for as long as the app is open."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.storage import StorageError

EVERY: Final = 3_600.0  # seconds
INSIST: Final = 0.2  # seconds: a driver may take a cancellation for its own time-out, and go on

logger = logging.getLogger(__name__)


async def cancelled(task: "asyncio.Task[Any]") -> None:
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=INSIST)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await cancelled(task)


@asynccontextmanager
async def swept(sweep: Callable[[], Awaitable[int]], trouble: str, every: float = EVERY) -> AsyncIterator[None]:
    """At the start, and then every hour, until nothing is left to sweep; what goes wrong waits for the next time."""
    async with beside(_sweeping(sweep, trouble, every)):
        yield


async def _sweeping(sweep: Callable[[], Awaitable[int]], trouble: str, every: float) -> None:
    while True:
        try:
            while await sweep():
                pass
        except (SQLAlchemyError, StorageError, OSError) as error:
            logger.warning(trouble, extra={"reason": str(error)})
        await asyncio.sleep(every)
