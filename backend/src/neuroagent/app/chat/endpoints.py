"""/api/chat: ask, read along, stop; the AI SDK's UI message stream, version 1."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, Response, status
from fastapi.responses import StreamingResponse

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.chat.answering import begun, kept, told
from neuroagent.app.chat.live import Live
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.schemas import AnsweredCall, ChatRequest, RunView, StopRequest
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.wire import HEADERS
from neuroagent.app.errors import Conflict, InvalidInput, NotFound

STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "UI message stream, version 1"}
}


def chat_router(room: ChatRoom, settings: ChatSettings) -> APIRouter:
    router = APIRouter(prefix="/api/chat", tags=["chat"], route_class=limited_to(settings.max_body_bytes))

    @router.post("", response_class=StreamingResponse, responses=STREAM)
    async def ask(asked: ChatRequest, caller: CurrentCaller) -> Response:
        """Ask, and read the answer as it comes; it goes on when you leave, and waits its turn while another runs."""
        if answered := asked.answered_calls:
            return await _gone_on(room, caller.user_id, asked.id, answered)
        if not asked.is_of_the_person:
            raise InvalidInput("The last message must be the person's, with role `user`.")
        await room.hub.must_be_reachable()
        thread = await room.threads.made(caller.user_id, asked.id)
        if asked.trigger == "regenerate-message":
            run = await room.asking.again(thread, asked.messageId)
        else:
            run = await room.asking.ask(thread, asked.question)
        await room.runs.begin(thread.id)
        return _live(room, run)

    @router.get("/{thread_id}/stream", response_class=StreamingResponse, responses=STREAM | {204: {}})
    async def read(thread_id: str, caller: CurrentCaller) -> Response:
        """The answer under way, from its beginning and then live; 204 when none is."""
        await room.threads.mine(thread_id, caller.user_id)
        under_way = await room.runs.rows.under_way(thread_id)
        return _said(room, under_way[0]) if under_way else Response(status_code=status.HTTP_204_NO_CONTENT)

    @router.post("/{thread_id}/stop", status_code=status.HTTP_202_ACCEPTED)
    async def stop(thread_id: str, wished: StopRequest, caller: CurrentCaller) -> RunView:
        """Stop the answer under way; what was there of it is kept, and its tool calls are cancelled."""
        await room.threads.mine(thread_id, caller.user_id)
        return RunView.of(await _stopped(room, thread_id, wished.run))

    @router.delete("/{thread_id}/queue/{run_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def withdraw(thread_id: str, run_id: str, caller: CurrentCaller) -> None:
        """Take back a message that waits for its turn."""
        await room.threads.mine(thread_id, caller.user_id)
        await room.hub.must_be_reachable()
        waiting = [run for run in await room.runs.rows.under_way(thread_id) if run.id == run_id]
        if not waiting:
            raise NotFound(f"No message waits in this thread as {run_id[:36]!r}.")
        if not await room.runs.withdraw(waiting[0]):
            raise Conflict("It waits no longer: its answer has begun. Stop that instead.")

    return router


async def _stopped(room: ChatRoom, thread_id: str, run_id: str | None) -> RunRow:
    under_way = [run for run in await room.runs.rows.under_way(thread_id) if run.state != "queued"]
    if not under_way or (run_id and run_id != under_way[0].id):
        raise Conflict("That answer isn't under way any more." if run_id else "No answer is under way.")
    await room.hub.must_be_reachable()
    await room.runs.rows.ask_to_stop(under_way[0].id)
    await room.hub.ask_to_stop(under_way[0].id)
    await room.runs.go_on(under_way[0].id)  # one that waited for a person is in nobody's hands
    return under_way[0]


async def _gone_on(room: ChatRoom, owner: str, thread_id: str, answered: Sequence[AnsweredCall]) -> Response:
    """The same message goes on where it stopped to ask."""
    thread = await room.threads.mine(thread_id, owner)
    await room.hub.must_be_reachable()
    run = await told(room.runs, thread, answered)
    return _told(begun(run)) if run.state == "waiting" else _live(room, run, retold=False)


def _said(room: ChatRoom, run: RunRow) -> Response:
    return _told(kept(run)) if run.state == "waiting" else _live(room, run)


def _told(said: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(said, media_type="text/event-stream", headers=HEADERS)


def _live(room: ChatRoom, run: RunRow, *, retold: bool = True) -> Live:
    return Live(room.hub, run.id, lambda: _has_ended(room, run.id), rested=run.rested, retold=retold)


async def _has_ended(room: ChatRoom, run_id: str) -> bool:
    now = await room.runs.rows.find(run_id)
    return now is None or now.state not in {"queued", "running"}
