"""/mcp: the streamable HTTP transport, behind the same token as everything else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.doors.mcp.server import CALLER, ToolServer
from neuroagent.app.doors.mcp.settings import McpSettings


@dataclass(frozen=True)
class McpDoor:
    """Each call stands for itself: any replica answers it, and nothing is lost with one."""

    transport: StreamableHTTPSessionManager

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """In a task of its own: the library wants to be closed by the one that opened it."""
        ready, over = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(self._run(ready, over))
        running.add_done_callback(lambda _: ready.set())
        try:
            await ready.wait()
            yield
        finally:
            over.set()
            await running

    async def _run(self, ready: asyncio.Event, over: asyncio.Event) -> None:
        async with self.transport.run():
            ready.set()
            await over.wait()


def mcp_door(server: ToolServer, settings: McpSettings) -> McpDoor:
    guarded = TransportSecuritySettings(allowed_hosts=settings.hosts, allowed_origins=settings.origins)
    transport = StreamableHTTPSessionManager(
        server.opened(), stateless=True, security_settings=guarded, max_request_body_size=settings.max_body_bytes
    )
    return McpDoor(transport)


def mcp_router(door: McpDoor) -> APIRouter:
    """POST alone: there is no stream that a server would begin, and no session to delete."""
    router = APIRouter(tags=["mcp"])

    @router.post("/mcp", include_in_schema=False)
    async def spoken(request: Request, caller: CurrentCaller) -> Response:
        request.scope[CALLER] = caller
        return _Passed(door.transport)

    return router


class _Passed(Response):
    """The library answers, on the wire itself."""

    def __init__(self, transport: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._transport = transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._transport.handle_request(scope, receive, send)
