"""How much a request may carry: found out from its announcement, or while it is read, and said in our own words."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

Answering = Callable[[Request], Coroutine[Any, Any, Response]]


def limited_to(most: int, around: Callable[[Answering], Answering] = lambda answer: answer) -> type[APIRoute]:
    """Routes that read no more; FastAPI's own limit answers in plain text. `around` may say errors in other words."""

    class LimitedRoute(APIRoute):
        def get_route_handler(self) -> Answering:
            answer = super().get_route_handler()

            async def limited(request: Request) -> Response:
                return await answer(Request(request.scope, _counted(request, most)))

            return around(limited)

    return LimitedRoute


def _counted(request: Request, most: int) -> Receive:
    announced = request.headers.get("content-length", "")
    heard = 0

    async def receive() -> Message:
        nonlocal heard
        if announced.isdecimal() and int(announced) > most:
            raise _too_large(most)
        message = await request.receive()
        heard += len(message.get("body", b""))
        if heard > most:
            raise _too_large(most)
        return message

    return receive


def _too_large(most: int) -> HTTPException:
    """Not one of our own errors: FastAPI takes those for a body that it can't read."""
    sentence = f"A request may carry {most:,} bytes at most; put what is larger into a file, and name that."
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
