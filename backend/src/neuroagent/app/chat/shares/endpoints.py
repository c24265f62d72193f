"""/api/threads/{id}/share makes a link, /api/shared/{token} shows what it leads to."""

from datetime import datetime
from typing import Any, Final, Self

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.chat.export.conversation import Conversation, figures_of
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.shares.repository import Share, Shares
from neuroagent.app.chat.shares.snapshot import snapshot
from neuroagent.app.chat.threads import Threads

PREFIX: Final = "/api/shared"
UNLISTED: Final = {
    "Cache-Control": "private, no-store",  # what is taken back is gone at once
    "Referrer-Policy": "no-referrer",  # the link is the permission
    "X-Robots-Tag": "noindex",
}
SHARE: dict[str, JsonValue] = {
    "id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10",
    "path": "/api/shared/9rZ…",
    "created_at": "2026-01-01T12:00:00Z",
}


class ShareView(BaseModel):
    """A link to a snapshot; `path` is told once, when it is made."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHARE]})

    id: str
    path: str | None = Field(description="Only in the answer that made it: the token is kept nowhere.")
    created_at: datetime

    @classmethod
    def of(cls, share: Share) -> Self:
        path = f"{PREFIX}/{share.token}" if share.token else None
        return cls(id=share.id, path=path, created_at=share.created_at)


class ShareList(BaseModel):
    """Newest first."""

    shares: list[ShareView]


class SharedMessage(BaseModel):
    id: str
    role: str
    state: str
    created_at: datetime
    parts: list[dict[str, Any]]


class SharedThread(BaseModel):
    """A conversation as it was when it was shared; its parts are those of the page, without any ids of ours."""

    title: str
    shared_at: datetime
    messages: list[SharedMessage]


def shares_router(threads: Threads, files: ThreadFiles, shares: Shares) -> APIRouter:
    router = APIRouter(prefix="/api/threads/{thread_id}", tags=["threads"])

    @router.post("/share", status_code=status.HTTP_201_CREATED)
    async def share(thread_id: str, caller: CurrentCaller) -> ShareView:
        """A link that shows the open branch, as it is now, to whoever has it."""
        thread = await threads.mine(thread_id, caller.user_id)
        branch, rows = await threads.branch(thread_id, thread.head), await files.page(thread_id)
        figures = await figures_of(branch, rows, files.storage)
        shown = snapshot(Conversation(thread, branch, branch, rows, figures))
        return ShareView.of(await shares.add(thread_id, shown))

    @router.get("/shares")
    async def page(thread_id: str, caller: CurrentCaller) -> ShareList:
        """The links to this thread."""
        await threads.mine(thread_id, caller.user_id)
        return ShareList(shares=[ShareView.of(one) for one in await shares.page(thread_id)])

    @router.delete("/shares/{share_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def revoke(thread_id: str, share_id: str, caller: CurrentCaller) -> None:
        """Take a link back: from now on it shows nothing."""
        await threads.mine(thread_id, caller.user_id)
        await shares.revoke(thread_id, share_id)

    return router


def shared_router(shares: Shares) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["threads"])

    @router.get("/{token}")
    async def look(token: str, response: Response) -> SharedThread:
        """What was shared; the link is the permission, nobody is asked who he is."""
        shared_at, shown = await shares.followed(token)
        response.headers.update(UNLISTED)
        return SharedThread.model_validate(shown | {"shared_at": shared_at})

    return router
