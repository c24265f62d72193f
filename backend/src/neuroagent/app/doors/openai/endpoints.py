"""/v1: the OpenAI API, as far as a conversation with tools of its own can speak it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.chat.ask import Question
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.doors.openai.answer import answer
from neuroagent.app.doors.openai.errors import NoSuchModel, in_openai_words
from neuroagent.app.doors.openai.history import Histories
from neuroagent.app.doors.openai.schemas import CompletionRequest, Conversation, conversation
from neuroagent.app.doors.openai.wire import Completion, Usage
from neuroagent.app.llm.settings import DEFAULT

BORN: Final = 1_767_225_600  # every model needs a birthday; this is the project's
HEADERS: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "A completion, or its chunks."}
}
ModelName = Annotated[str, Path(max_length=500)]


def openai_router(room: ChatRoom, settings: ChatSettings) -> APIRouter:
    route_class = limited_to(settings.max_body_bytes, in_openai_words)
    router = APIRouter(prefix="/v1", tags=["openai"], route_class=route_class)

    @router.get("/models")
    async def models(_: CurrentCaller) -> dict[str, Any]:
        """The models that answer here, the default one first."""
        return {"object": "list", "data": [_model(name) for name in _names(room)]}

    @router.get("/models/{name:path}")
    async def model(name: ModelName, _: CurrentCaller) -> dict[str, Any]:
        """One of them."""
        return _model(_known(room, name))

    @router.post("/chat/completions", responses=STREAM)
    async def complete(asked: CompletionRequest, caller: CurrentCaller, request: Request) -> Response:
        """Ask with the whole conversation; the tools run here, and what they do is told as `reasoning_content`."""
        name, said = _known(room, asked.model), conversation(asked)
        run = await _asked(room, said, caller.user_id, _names(room)[name])
        completion = Completion(f"chatcmpl-{run.id}", name, lambda: _usage(room, run))
        words, headers = answer(room, run, str(request.base_url).rstrip("/")), {"x-thread-id": run.thread_id}
        if not asked.stream:
            return JSONResponse(await completion.whole(words), headers=headers)
        stream = completion.streamed(words, wants_usage=asked.wants_usage)
        return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS | headers)

    return router


def _known(room: ChatRoom, name: str) -> str:
    if name not in (names := _names(room)):
        raise NoSuchModel(f"There is no model {name[:100]!r} here; there is {', '.join(map(repr, names))}.")
    return name


def _names(room: ChatRoom) -> dict[str, str | None]:
    """Clients know the default model by its own name, the others by those that were given to them here."""
    models = room.runs.models
    return {models.default.name: None} | {name: name for name in models.named if name != DEFAULT}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": BORN, "owned_by": "neuroagent"}


async def _asked(room: ChatRoom, said: Conversation, owner: str, model: str | None) -> RunRow:
    """A run as any other: who hangs up finds its answer in the thread."""
    await room.hub.must_be_reachable()
    place = await Histories(room.threads).place(said, owner)
    if place.thread.model != model:
        await room.threads.changed(place.thread.id, owner, model=model)
    run = await room.asking.ask(place.thread, Question(said.question, after=place.after, is_placed=True))
    await room.runs.begin(place.thread.id)
    return run


async def _usage(room: ChatRoom, run: RunRow) -> Usage:
    message = await room.threads.message(run.thread_id, run.answer)
    read, written = (message.tokens_in, message.tokens_out) if message else (0, 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
