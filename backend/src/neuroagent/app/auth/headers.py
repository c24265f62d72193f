"""Headers of every answer: what a browser may do with it, and how much the caller has left."""

from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
INTERFACE: Final = "frame-ancestors 'none'; base-uri 'none'"  # FastAPI's pages bring a script from elsewhere
SAFE: Final = {
    "content-security-policy": CONTENT,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
OWN: Final = "neuroagent.headers"


def answer_headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """What the answer to this request is to carry besides."""
    headers: dict[str, str] = scope.setdefault(OWN, {})
    return headers


class AnswerHeaders:
    """Plain ASGI, so that streams pass untouched; who has set a header of his own keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        besides = answer_headers(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**SAFE, **_of_path(scope["path"]), **besides}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _of_path(path: str) -> dict[str, str]:
    if path.startswith(("/docs", "/redoc")):
        return {"content-security-policy": INTERFACE}
    return {"cache-control": "no-store"} if path.startswith("/api/") else {}
