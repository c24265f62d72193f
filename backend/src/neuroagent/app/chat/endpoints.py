"""/api/chat: ask, read along, stop; the AI SDK's UI message stream, version 1."""

from typing import Any

from fastapi import APIRouter, Response, status
from fastapi.responses import StreamingResponse

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.chat.live import Live
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.schemas import ChatRequest, RunView, StopRequest
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.threads import BUSY
from neuroagent.app.errors import Conflict, InvalidInput, NotFound

STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "UI message stream, version 1"}
}


def chat_router(room: ChatRoom, settings: ChatSettings) -> APIRouter:
    router = APIRouter(prefix="/api/chat", tags=["chat"], route_class=limited_to(settings.max_body_bytes))

    @router.post("", response_class=StreamingResponse, responses=STREAM)
    async def ask(asked: ChatRequest, caller: CurrentCaller) -> Live:
        """Ask, and read the answer as it comes; it goes on when you leave, and waits its turn while another runs."""
        if asked.trigger == "submit-message" and (not asked.messages or asked.messages[-1].role != "user"):
            raise InvalidInput("The last message must be the person's, with role `user`.")
        await room.hub.must_be_reachable()
        thread = await room.threads.made(caller.user_id, asked.id)
        if asked.trigger == "regenerate-message":
            run = await room.asking.again(thread, asked.messageId)
        else:
            run = await room.asking.ask(thread, asked.question)
        await room.runs.begin(thread.id)
        return _stream(room, run)

    @router.get("/{thread_id}/stream", response_class=StreamingResponse, responses=STREAM | {204: {}})
    async def read(thread_id: str, caller: CurrentCaller) -> Response:
        """The answer under way, from its beginning and then live; 204 when none is."""
        await room.threads.mine(thread_id, caller.user_id)
        under_way = await room.runs.rows.under_way(thread_id)
        return _stream(room, under_way[0]) if under_way else Response(status_code=status.HTTP_204_NO_CONTENT)

    @router.post("/{thread_id}/stop", status_code=status.HTTP_202_ACCEPTED)
    async def stop(thread_id: str, wished: StopRequest, caller: CurrentCaller) -> RunView:
        """Stop the answer under way; what was there of it is kept, and its tool calls are cancelled."""
        await room.threads.mine(thread_id, caller.user_id)
        running = [run for run in await room.runs.rows.under_way(thread_id) if run.state == "running"]
        if not running or (wished.run and wished.run != running[0].id):
            raise Conflict("That answer isn't under way any more." if wished.run else "No answer is under way.")
        await room.runs.rows.ask_to_stop(running[0].id)
        await room.hub.ask_to_stop(running[0].id)
        return RunView.of(running[0])

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


def _stream(room: ChatRoom, run: RunRow) -> Live:
    return Live(room.hub, run.id, lambda: _has_ended(room, run.id))


async def _has_ended(room: ChatRoom, run_id: str) -> bool:
    now = await room.runs.rows.find(run_id)
    return now is None or now.state not in BUSY
