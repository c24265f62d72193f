"""Notifications on a WebSocket; the token comes in the header, or where a browser can put it: as a subprotocol."""

import asyncio
from contextlib import aclosing, suppress
from typing import Final

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from neuroagent.app.auth.admission import Admission
from neuroagent.app.auth.caller import Caller, shown_by
from neuroagent.app.background import cancelled
from neuroagent.app.errors import AppError, InvalidInput
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.schemas import NotificationView

LARGEST: Final = 2**63 - 1
SUBPROTOCOL: Final = "bearer"


async def told_on(socket: WebSocket, bulletin: Bulletin) -> None:
    """Until the other side leaves; what it says is not listened to."""
    try:
        caller, after = await _caller(socket), _after(socket.query_params.get("after"))
    except AppError as refusal:
        error = {"code": refusal.code, "message": str(refusal)}
        await socket.send_denial_response(JSONResponse({"error": error}, refusal.status, dict(refusal.headers)))
        return
    await socket.accept(SUBPROTOCOL if SUBPROTOCOL in _subprotocols(socket) else None)
    telling = asyncio.create_task(_tell(socket, bulletin, caller, after))
    leaving = asyncio.create_task(_left(socket))
    try:
        await asyncio.wait([telling, leaving], return_when="FIRST_COMPLETED")
        if telling.done():
            telling.result()  # a bug is for the log
    finally:
        await cancelled(telling)
        await cancelled(leaving)


async def _tell(socket: WebSocket, bulletin: Bulletin, caller: Caller, after: int | None) -> None:
    with suppress(WebSocketDisconnect):
        async with aclosing(bulletin.listen(caller.user_id, after)) as told:
            async for one in told:
                if one is not None:  # the server's own pings keep the connection
                    await socket.send_text(NotificationView.of(one).model_dump_json())


async def _left(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _caller(socket: WebSocket) -> Caller:
    admission: Admission = socket.app.state.admission
    return await admission.admitted(socket, shown_by(socket))


def _subprotocols(socket: WebSocket) -> list[str]:
    return list(socket.scope.get("subprotocols", ()))


def _after(given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal()) or int(given[:20]) > LARGEST:
        raise InvalidInput("`after` is the id of a notification.")
    return int(given[:20])
