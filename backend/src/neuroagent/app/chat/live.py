"""An answer that is sent while it comes, for as long as somebody reads."""

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from neuroagent.app.chat.wire import HEADERS

Leaving = asyncio.Future[None]


class Live(StreamingResponse):
    """Who leaves is let go by the reading itself, so that no group of tasks is needed: there are thousands of these."""

    def __init__(self, read: Callable[[Leaving], AsyncIterator[bytes]]) -> None:
        self._leaving: Leaving = asyncio.get_running_loop().create_future()
        super().__init__(read(self._leaving), media_type="text/event-stream", headers=HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI calls it
        watching = asyncio.create_task(self._watch(receive))
        try:
            await self.stream_response(send)
        finally:
            watching.cancel()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if not self._leaving.done():
            self._leaving.set_result(None)
