"""The page's doors: one document for all its views, its assets, and plain words where it hasn't been built."""

import re
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import BaseModel

from neuroagent import __version__
from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.errors import NotFound
from neuroagent.app.page.headers import UNCHANGING, headers_of_the_page

VIEWS: Final = (
    "/",
    "/chat/{thread}",
    "/jobs",
    "/jobs/{job}",
    "/circuits",
    "/circuits/{circuit}",
    "/system",
    "/settings",
)
ASSET: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,150}")
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
NOT_BUILT: Final = (Path(__file__).parent / "not_built.html").read_text(encoding="utf-8")


class About(BaseModel):
    """What answers here."""

    name: str = "neuroagent"
    version: str = __version__
    model: str
    is_builtin: bool


def page_router(built: Path, about: About, store: str) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    headers = headers_of_the_page(store)

    async def view() -> Response:
        document = built / "index.html"
        if document.is_file():
            return FileResponse(document, media_type="text/html", headers=headers)
        return HTMLResponse(NOT_BUILT, headers=headers)

    for path in VIEWS:
        router.add_api_route(path, view, methods=["GET"])

    @router.get("/assets/{name}")
    async def asset(name: str, request: Request) -> Response:
        """Packed already where the browser takes that."""
        path = built / "assets" / name
        if not (ASSET.fullmatch(name) and path.suffix in TYPES and path.is_file()):
            raise NotFound(f"The page has no file {name[:100]!r}; it may have been built anew: load it again.")
        own = {"cache-control": UNCHANGING, "vary": "accept-encoding", "x-content-type-options": "nosniff"}
        packed = path.with_name(f"{name}.gz")
        if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
            return FileResponse(packed, media_type=TYPES[path.suffix], headers=own | {"content-encoding": "gzip"})
        return FileResponse(path, media_type=TYPES[path.suffix], headers=own)

    @router.get("/api/about")
    async def tell(_: CurrentCaller) -> About:
        """Its version, and which model answers."""
        return about

    return router
