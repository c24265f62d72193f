"""One id from the request through the task to its events, and a line in the log for each request."""

import logging
import re
from contextvars import ContextVar
from time import perf_counter
from typing import Final
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from neuroagent.config.logging import bound

TRACE_HEADER: Final = "x-request-id"
ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")  # a stranger's id ends in our logs

_trace_id: ContextVar[str] = ContextVar("trace_id", default="")

logger = logging.getLogger(__name__)


def current_trace_id() -> str:
    return _trace_id.get()


class Tracing:
    """Takes the caller's request id or gives one; plain ASGI, so that streams pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace_id = _given(Headers(scope=scope)) or uuid4().hex
        start, status = perf_counter(), 500  # nothing sent: the error handler outside of us answers

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[TRACE_HEADER] = trace_id
            await send(message)

        _trace_id.set(trace_id)
        with bound(trace_id=trace_id):
            try:
                await self._app(scope, receive, send_traced)
            finally:
                _log(scope, status, perf_counter() - start)


def _given(headers: Headers) -> str | None:
    trace_id = headers.get(TRACE_HEADER, "")
    return trace_id if ACCEPTABLE.fullmatch(trace_id) else None


def _log(scope: Scope, status: int, seconds: float) -> None:
    fields = {"method": scope["method"], "path": scope["path"], "status": status, "ms": round(seconds * 1000, 1)}
    probe = scope["path"] in {"/healthz", "/readyz"}
    logger.log(logging.DEBUG if probe else logging.INFO, "http.request", extra=fields)
