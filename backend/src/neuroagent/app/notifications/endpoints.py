"""/api/notifications: a page of them, what is unread, and all that comes, by WebSocket or server-sent events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, WebSocket
from fastapi.responses import StreamingResponse

from neuroagent.app.auth.caller import Caller, CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.schemas import NotificationPage, NotificationView, ReadRequest, UnreadCount
from neuroagent.app.notifications.socket import LARGEST, told_on

MAX_BODY_BYTES: Final = 64 * 2**10
LONGEST_PAGE: Final = 200

After = Annotated[int | None, Query(ge=0, le=LARGEST, description="Begin after this id; none: after what was sent.")]
LastSeen = Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,18}$")]
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


def notifications_router(bulletin: Bulletin) -> APIRouter:
    router = APIRouter(prefix="/api/notifications", tags=["notifications"], route_class=limited_to(MAX_BODY_BYTES))
    mailboxes = bulletin.mailboxes

    @router.get("")
    async def page(
        caller: CurrentCaller,
        before: Annotated[int | None, Query(ge=1, le=LARGEST, description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
    ) -> NotificationPage:
        """Yours, newest first, and how many are unread."""
        rows = await mailboxes.page(caller.user_id, before, limit)
        following = rows[-1].place if len(rows) == limit else None
        views = [NotificationView.of(row) for row in rows]
        return NotificationPage(notifications=views, next=following, unread=await mailboxes.unread(caller.user_id))

    @router.post("/read")
    async def read(wished: ReadRequest, caller: CurrentCaller) -> UnreadCount:
        """Mark as read; what isn't yours is left as it is."""
        await mailboxes.mark_read(caller.user_id, ids=wished.ids, up_to=wished.up_to)
        return UnreadCount(unread=await mailboxes.unread(caller.user_id))

    @router.get("/stream", response_class=StreamingResponse, responses=STREAM)
    async def stream(caller: CurrentCaller, after: After = None, last_seen: LastSeen = None) -> StreamingResponse:
        """As server-sent events; `Last-Event-ID` goes on where a reader was."""
        place = int(last_seen) if last_seen else after
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(_events(bulletin, caller, place), media_type="text/event-stream", headers=headers)

    @router.websocket("")
    async def listen(socket: WebSocket) -> None:
        """The same as messages of JSON."""
        await told_on(socket, bulletin)

    return router


async def _events(bulletin: Bulletin, caller: Caller, after: int | None) -> AsyncGenerator[str]:
    yield ": here it comes\n\n"
    async with aclosing(bulletin.listen(caller.user_id, after)) as told:
        async for one in told:
            yield ": still here\n\n" if one is None else _event(NotificationView.of(one))


def _event(view: NotificationView) -> str:
    number = "" if view.id is None else f"id: {view.id}\n"
    return f"{number}event: {view.type}\ndata: {view.model_dump_json()}\n\n"
