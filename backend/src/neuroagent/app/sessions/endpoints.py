"""/api/sessions: list and delete; a session begins when a task names it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, status
from pydantic import Field

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.engine.models import SessionRow
from neuroagent.app.engine.sessions import Sessions
from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.files import StoredFile

Name = Annotated[str, Path(max_length=100)]


class SessionView(Message):
    """What is kept of a session."""

    name: str
    bytes: int = Field(ge=0, description="What its state takes in the store.")
    created_at: datetime
    used_at: datetime

    @classmethod
    def of(cls, row: SessionRow) -> "SessionView":
        size = StoredFile.model_validate(row.state).size if row.state else 0
        return cls(name=row.name, bytes=size, created_at=row.created_at, used_at=row.used_at)


class SessionList(Message):
    sessions: list[SessionView]


def sessions_router(sessions: Sessions) -> APIRouter:
    router = APIRouter(prefix="/api/sessions", tags=["sessions"])

    @router.get("")
    async def page(caller: CurrentCaller) -> SessionList:
        """Your sessions, used last first."""
        return SessionList(sessions=[SessionView.of(row) for row in await sessions.page(caller.user_id)])

    @router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete(name: Name, caller: CurrentCaller) -> None:
        """Its variables and files are gone for good; a 409 while a run of it is under way."""
        await sessions.delete(caller.user_id, name)

    return router
