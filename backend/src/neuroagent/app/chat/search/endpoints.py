"""/api/threads/search: messages by their words."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, JsonValue

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.chat.search.hits import Hit, Search
from neuroagent.app.chat.search.snippet import Piece, snippet
from neuroagent.app.db.words import TooManyTerms, Wanted
from neuroagent.app.errors import InvalidInput

LONGEST_QUERY = 1_000
LONGEST_PAGE = 100
LARGEST_NUMBER = 2**31 - 1
HIT: dict[str, JsonValue] = {
    "thread": "demo",
    "title": "How many cells are there?",
    "message": "a1",
    "role": "assistant",
    "created_at": "2026-01-01T12:00:05Z",
    "snippet": [{"text": "Layer 5 has 120 ", "marked": False}, {"text": "cells", "marked": True}],
}
Asked = Annotated[
    str,
    Query(max_length=LONGEST_QUERY, description='Words; `"in a row"`, `-without`, `this or that`.'),
]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="`next` of the page before.")]


class HitView(BaseModel):
    """A message that has the words, and a few words around them: plain text in pieces, those looked for marked."""

    model_config = ConfigDict(json_schema_extra={"examples": [HIT]})

    thread: str
    title: str
    message: str
    role: str
    created_at: datetime
    snippet: list[Piece]

    @classmethod
    def of(cls, hit: Hit, wanted: Wanted) -> Self:
        return cls(
            thread=hit.thread_id,
            title=hit.title,
            message=hit.message_id,
            role=hit.role,
            created_at=hit.created_at,
            snippet=snippet(hit.text, wanted.words),
        )


class HitPage(BaseModel):
    """Newest first; `next` is where those before them begin."""

    hits: list[HitView]
    next: int | None = None


def search_router(search: Search) -> APIRouter:
    router = APIRouter(prefix="/api/threads", tags=["threads"])

    @router.get("/search")
    async def find(
        caller: CurrentCaller, q: Asked, before: Before = None, limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 20
    ) -> HitPage:
        """Messages of your threads with these words, in whichever branch; open one with `PATCH … {"head": message}`."""
        try:
            wanted = Wanted.read(q)
        except TooManyTerms as error:
            raise InvalidInput(str(error)) from None
        hits = await search.hits(caller.user_id, wanted, before, limit)
        last = hits[-1].number if len(hits) == limit else None
        return HitPage(hits=[HitView.of(hit, wanted) for hit in hits], next=last)

    return router
