"""/api/threads/{id}/suggestions: what to ask next."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.suggestions import Origin, suggestions

SUGGESTED: dict[str, JsonValue] = {"suggestions": ["How many neurons per layer?"], "source": "circuit"}


class SuggestionList(BaseModel):
    """Up to three things to ask, ready to be sent as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUGGESTED]})

    suggestions: list[str]
    source: Origin = Field(description="Where they come from: a model, the last tool, the circuit, or the house.")


def suggestions_router(room: ChatRoom) -> APIRouter:
    router = APIRouter(prefix="/api/threads", tags=["threads"])

    @router.get("/{thread_id}/suggestions")
    async def suggest(thread_id: str, caller: CurrentCaller) -> SuggestionList:
        """What to ask next; with a language model it is asked for it, else the thread's circuit or last tool."""
        found = await suggestions(room.runs, await room.threads.mine(thread_id, caller.user_id))
        return SuggestionList(suggestions=list(found.texts), source=found.source)

    return router
