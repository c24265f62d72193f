"""Sessions that nobody has used for long are deleted."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.storage import StorageError
from neuroagent.config.settings import Section

EVERY: Final = 3_600.0  # seconds

logger = logging.getLogger(__name__)


class SessionsSettings(Section):
    """What becomes of variables and files that a session keeps from run to run."""

    idle_days: float = Field(30, gt=0, description="Days without a run after which a session is deleted.")


@asynccontextmanager
async def idle_deleted(sessions: Sessions, settings: SessionsSettings, every: float = EVERY) -> AsyncIterator[None]:
    """At the start, and then every hour; several replicas don't get in each other's way."""
    sweeping = asyncio.create_task(_sweep(sessions, timedelta(days=settings.idle_days), every))
    try:
        yield
    finally:
        while not sweeping.done():  # a driver may take a cancellation for its own time-out, and go on
            sweeping.cancel()
            await asyncio.wait([sweeping], timeout=0.2)


async def _sweep(sessions: Sessions, longer_than: timedelta, every: float) -> None:
    while True:
        try:
            while await sessions.delete_idle(longer_than):
                pass
        except (SQLAlchemyError, StorageError, OSError) as error:
            logger.warning("sessions.not_swept", extra={"reason": str(error)})
        await asyncio.sleep(every)
