"""/api/threads: list, make, rename, pin, choose tools and branch, delete and restore; read a thread's messages."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Query, status

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.schemas import (
    MessageTree,
    MessageView,
    NewThread,
    RunView,
    ThreadChange,
    ThreadPage,
    ThreadView,
)
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.threads import THREAD_ID
from neuroagent.app.cursors import cursor, place
from neuroagent.app.errors import InvalidInput, NotFound

LONGEST_PAGE = 200
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]


def threads_router(room: ChatRoom, tools: Collection[str], settings: ChatSettings) -> APIRouter:
    router = APIRouter(prefix="/api/threads", tags=["threads"], route_class=limited_to(settings.max_body_bytes))

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def make(new: NewThread, caller: CurrentCaller) -> ThreadView:
        """An empty thread; `POST /api/chat` makes one too, under an id that the client has chosen."""
        if new.circuit is not None:
            await room.runs.circuits.mine(new.circuit, caller.user_id)
        return ThreadView.of(await room.threads.made(caller.user_id, title=new.title, circuit=new.circuit))

    @router.get("")
    async def page(
        caller: CurrentCaller,
        before: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
        *,
        deleted: Annotated[bool, Query(description="Those that can be restored, in place of the others.")] = False,
    ) -> ThreadPage:
        """Your threads, used last first."""
        rows = await room.threads.page(caller.user_id, place(before, THREAD_ID.fullmatch), limit, deleted=deleted)
        last = cursor(rows[-1].updated_at, rows[-1].id) if len(rows) == limit else None
        return ThreadPage(threads=[ThreadView.of(row) for row in rows], next=last)

    @router.get("/{thread_id}")
    async def look(thread_id: str, caller: CurrentCaller) -> ThreadView:
        """A thread, with the answers under way in it."""
        row = await room.threads.mine(thread_id, caller.user_id)
        return ThreadView.of(row, [RunView.of(run) for run in await room.runs.rows.under_way(row.id)])

    @router.patch("/{thread_id}")
    async def change(thread_id: str, wished: ThreadChange, caller: CurrentCaller) -> ThreadView:
        """Rename, pin, choose tools and circuit, open another branch; `tools: null` means all of them."""
        if wished.circuit is not None:
            await room.runs.circuits.mine(wished.circuit, caller.user_id)
        values = await _changes(room, thread_id, wished, tools)
        return ThreadView.of(await room.threads.changed(thread_id, caller.user_id, **values))

    @router.delete("/{thread_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete(thread_id: str, caller: CurrentCaller) -> None:
        """It can be restored for some days; then it is gone, with its Python session."""
        await room.threads.delete(thread_id, caller.user_id)

    @router.post("/{thread_id}/restore")
    async def restore(thread_id: str, caller: CurrentCaller) -> ThreadView:
        """Undo the deletion."""
        return ThreadView.of(await room.threads.restore(thread_id, caller.user_id))

    @router.get("/{thread_id}/messages")
    async def messages(thread_id: str, caller: CurrentCaller) -> MessageTree:
        """The whole tree; an answer under way isn't in it yet: read it at /api/chat/{thread}/stream."""
        row = await room.threads.mine(thread_id, caller.user_id)
        views = [MessageView.of(message) for message in await room.threads.messages(thread_id)]
        branch = await room.threads.branch(thread_id, row.head)
        return MessageTree(messages=views, branch=[message.id for message in branch])

    return router


async def _changes(room: ChatRoom, thread_id: str, wished: ThreadChange, tools: Collection[str]) -> dict[str, Any]:
    values: dict[str, Any] = wished.model_dump(exclude_unset=True)
    if any(values.get(name, "") is None for name in ("title", "pinned", "head")):
        raise InvalidInput("`title`, `pinned` and `head` can be changed, not taken away.")
    if unknown := sorted(set(values.get("tools") or ()) - set(tools)):
        raise InvalidInput(f"There is no tool {unknown[0][:100]!r}; there are {', '.join(tools)}.")
    if (model := values.get("model")) and model not in room.runs.models.named:
        raise InvalidInput(f"There is no model {model!r}; there are {room.runs.models.names()}.")
    head = values.get("head")
    if head and (not head.isprintable() or await room.threads.message(thread_id, head) is None):
        raise NotFound(f"There is no message {head!r} in this thread.")
    return values | {"is_named": True} if "title" in values else values
