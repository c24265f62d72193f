"""/api/threads/{id}/export: a conversation to take along."""

import asyncio
import json
from typing import Any, Final, Literal

from fastapi import APIRouter, Response

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.chat.export.conversation import Conversation, figures_of
from neuroagent.app.chat.export.document import as_document
from neuroagent.app.chat.export.markdown import as_markdown
from neuroagent.app.chat.export.notebook import as_notebook
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.threads import Threads
from neuroagent.app.storage.attachment import disposition
from neuroagent.app.storage.endpoints import INERT

Format = Literal["markdown", "json", "notebook"]
MEDIA: Final[dict[Format, tuple[str, str]]] = {
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "json": ("json", "application/json"),
    "notebook": ("ipynb", "application/x-ipynb+json"),
}
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media: {} for _, media in MEDIA.values()}, "description": "The file, as a download."}
}


def export_router(threads: Threads, files: ThreadFiles) -> APIRouter:
    router = APIRouter(prefix="/api/threads", tags=["threads"])

    @router.get("/{thread_id}/export", response_class=Response, responses=ANSWERS)
    async def export(thread_id: str, caller: CurrentCaller, format: Format = "markdown") -> Response:  # noqa: A002 - the query's own word
        """The open branch to read or to run again, or all of the tree as JSON."""
        thread = await threads.mine(thread_id, caller.user_id)
        messages, rows = await threads.messages(thread_id), await files.page(thread_id)
        branch = await threads.branch(thread_id, thread.head)
        figures = await figures_of(branch, rows, files.storage) if format == "notebook" else {}
        conversation = Conversation(thread, messages, branch, rows, figures)
        content = await asyncio.to_thread(_written, conversation, format)
        ending, media = MEDIA[format]
        headers = {**INERT, "Content-Disposition": disposition(f"{conversation.title[:80]}.{ending}")}
        return Response(content, media_type=media, headers=headers)

    return router


def _written(conversation: Conversation, wished: Format) -> bytes:
    match wished:
        case "markdown":
            return as_markdown(conversation).encode("utf-8", "replace")
        case "json":
            return json.dumps(as_document(conversation), indent=1).encode()
        case "notebook":
            return json.dumps(as_notebook(conversation), indent=1).encode()
