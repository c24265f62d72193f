"""An answer that is sent while it comes, for as long as somebody reads."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from neuroagent.app.chat.run_hub import STILL_HERE, RunHub
from neuroagent.app.chat.wire import DONE, HEADERS
from neuroagent.app.errors import Unavailable

BEGIN: Final = b": here it comes\n\n"

logger = logging.getLogger(__name__)


class Live(Response):
    """Thousands of these are open at a time: no generator of its own, no group of tasks, one task that sees who leaves.

    Its beginning, what comes, and a comment now and then, which keeps proxies from hanging up.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        hub: RunHub,
        run_id: str,
        has_ended: Callable[[], Awaitable[bool]],
        *,
        rested: int = 0,
        retold: bool = True,
    ) -> None:
        self._hub = hub
        self._run_id = run_id
        self._rested = rested
        self._retold = retold
        self._has_ended = has_ended
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        leaving: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        watching = asyncio.create_task(_watch(receive, leaving))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await self._send_all(send, leaving)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watching.cancel()

    async def _send_all(self, send: Send, leaving: "asyncio.Future[None]") -> None:
        await send({"type": "http.response.body", "body": BEGIN, "more_body": True})
        is_over = False
        try:
            async for piece in self._hub.read(self._run_id, leaving, rested=self._rested, retold=self._retold):
                if piece is None and is_over:
                    break  # its last word got lost with Redis
                is_over = is_over or (piece == b"" and await self._has_ended())
                body = STILL_HERE if piece is None else piece
                await send({"type": "http.response.body", "body": body, "more_body": True})
        except Unavailable as error:  # who comes again hears it all
            logger.warning("chat.not_read", extra={"run_id": self._run_id, "reason": str(error)})
            return
        await send({"type": "http.response.body", "body": DONE, "more_body": True})


async def _watch(receive: Receive, leaving: "asyncio.Future[None]") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    if not leaving.done():
        leaving.set_result(None)
