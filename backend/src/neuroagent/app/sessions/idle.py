"""Sessions that nobody has used for long are deleted."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from pydantic import Field

from neuroagent.app.background import EVERY, swept
from neuroagent.app.engine.sessions import Sessions
from neuroagent.config.settings import Section


class SessionsSettings(Section):
    """What becomes of variables and files that a session keeps from run to run."""

    idle_days: float = Field(30, gt=0, description="Days without a run after which a session is deleted.")


def idle_deleted(
    sessions: Sessions, settings: SessionsSettings, every: float = EVERY
) -> AbstractAsyncContextManager[None]:
    """Several replicas don't get in each other's way."""
    longer_than = timedelta(days=settings.idle_days)
    return swept(lambda: sessions.delete_idle(longer_than), "sessions.not_swept", every)
