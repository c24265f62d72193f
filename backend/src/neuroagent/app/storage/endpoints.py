"""The doors of a store on disk; the signed link is the whole of the permission, no session is asked for."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.requests import ClientDisconnect

from neuroagent.app.storage.attachment import disposition
from neuroagent.app.storage.disk import DiskStorage
from neuroagent.app.storage.errors import StorageError
from neuroagent.app.storage.receiving import hear_out, receive

# The file may be a page that a stranger wrote: it is never shown under the app's name, only downloaded.
INERT: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",  # a link is a permission
}
CLIENT_CLOSED: Final = 499  # nobody is left to read it; it only marks the log


def files_router(storage: DiskStorage) -> APIRouter:
    """Serve the links and forms that this store signs."""
    router = APIRouter(include_in_schema=False)

    @router.get("/files/{key:path}")
    async def download(key: str, request: Request) -> Response:
        asked = storage.links.check_download(key, request.query_params)
        path, found = await storage.locate(asked.key)
        headers = {**INERT, "Content-Disposition": disposition(asked.name)}
        return FileResponse(path, headers=headers, media_type=asked.media_type, stat_result=found)

    @router.post("/files")
    async def upload(request: Request) -> Response:
        try:
            await _receive(storage, request)
        except ClientDisconnect:
            return Response(status_code=CLIENT_CLOSED)
        return Response(status_code=204)

    return router


async def _receive(storage: DiskStorage, request: Request) -> None:
    body = request.stream()
    try:
        await receive(storage, request.headers, body)
    except StorageError:
        await hear_out(body)
        raise
