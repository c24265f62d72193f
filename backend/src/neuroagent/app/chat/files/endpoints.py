"""/api/threads/{id}/files: put in, list, fetch, delete."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Self, cast
from uuid import uuid4

from fastapi import APIRouter, Request, status
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import ClientDisconnect

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.chat.files.kinds import held_to, kind_of
from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.chat.files.names import safe_name
from neuroagent.app.chat.files.repository import UPLOAD, ThreadFiles, prefix
from neuroagent.app.chat.threads import Threads
from neuroagent.app.errors import AppError
from neuroagent.app.storage.errors import FormRefused, UploadStalled
from neuroagent.app.storage.receiving import arriving, hear_out

LINK_LIFETIME: Final = timedelta(minutes=5)
FILE: dict[str, JsonValue] = {
    "id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10",
    "kind": "upload",
    "name": "cells.csv",
    "media_type": "text/csv",
    "size": 1200,
    "sha256": "0" * 64,
    "message": None,
    "call": None,
    "created_at": "2026-01-01T12:00:00Z",
}
FORM: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class FileView(BaseModel):
    """A file of a thread; `upload` lies at hand for its scripts, `made` came of a tool's call."""

    model_config = ConfigDict(json_schema_extra={"examples": [FILE]})

    id: str
    kind: Literal["upload", "made"]
    name: str
    media_type: str
    size: int
    sha256: str
    message: str | None = Field(description="The answer it was made for.")
    call: str | None = Field(description="The tool call that made it, as its part of the answer names it.")
    created_at: datetime

    @classmethod
    def of(cls, row: ThreadFileRow) -> Self:
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in {"message", "call"}}
        return cls(**shown, message=row.message_id, call=row.call_id)


class FileList(BaseModel):
    """Oldest first."""

    files: list[FileView]


def thread_files_router(threads: Threads, files: ThreadFiles) -> APIRouter:
    router = APIRouter(prefix="/api/threads/{thread_id}/files", tags=["threads"])

    @router.post("", status_code=status.HTTP_201_CREATED, openapi_extra=cast("dict[str, Any]", FORM))
    async def upload(thread_id: str, request: Request, caller: CurrentCaller) -> FileView:
        """Put a file into the thread, as the field `file` of a form; its scripts find it under the name given back."""
        body = request.stream()
        try:
            await threads.mine(thread_id, caller.user_id)
            return FileView.of(await _received(files, thread_id, request.headers, body))
        except AppError:
            await hear_out(body)
            raise

    @router.get("")
    async def page(thread_id: str, caller: CurrentCaller) -> FileList:
        """What people have put into the thread, and what its tools have made."""
        await threads.mine(thread_id, caller.user_id)
        return FileList(files=[FileView.of(row) for row in await files.page(thread_id)])

    @router.get("/{file_id}", status_code=status.HTTP_307_TEMPORARY_REDIRECT)
    async def fetch(thread_id: str, file_id: str, caller: CurrentCaller) -> RedirectResponse:
        """The file, as a download, by way of a signed link that works for five minutes."""
        await threads.mine(thread_id, caller.user_id)
        row = await files.one(thread_id, file_id)
        link = files.storage.download_link(
            row.key, name=row.name, media_type=row.media_type, audience="browser", lifetime=LINK_LIFETIME
        )
        return RedirectResponse(link)

    @router.delete("/{file_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete(thread_id: str, file_id: str, caller: CurrentCaller) -> None:
        """It is gone for good; what sessions have of it stays there."""
        await threads.mine(thread_id, caller.user_id)
        await files.delete(await files.one(thread_id, file_id))

    return router


async def _received(
    files: ThreadFiles, thread_id: str, headers: Mapping[str, str], body: AsyncIterator[bytes]
) -> ThreadFileRow:
    """All of it, or nothing is left."""
    file_id = str(uuid4())
    key = f"{prefix(thread_id)}{file_id}"
    try:
        async with arriving(headers, body, files.limits.file_bytes) as (called, content):
            name = safe_name(called)
            kind = kind_of(name)
            saved = await files.storage.save(key, held_to(kind, name, content))
        if not saved.size:
            raise FormRefused(f"There was nothing in {name!r}; send the file's bytes.")
        row = ThreadFileRow(
            id=file_id,
            thread_id=thread_id,
            kind=UPLOAD,
            key=key,
            name=name,
            media_type=kind.media_type,
            size=saved.size,
            sha256=saved.sha256,
            created_at=datetime.now(UTC),
        )
        return await files.add(row)
    except ClientDisconnect as error:  # nobody is left to read it; it only marks the log
        raise UploadStalled("The upload broke off; send the file again.") from error
    except AppError:
        await files.storage.delete(key)
        raise
