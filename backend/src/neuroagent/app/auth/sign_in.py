"""The printed link: it leaves the token in a cookie that no script can read, and leads to the page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from neuroagent.app.auth.caller import COOKIE, TokenGate

A_YEAR = 365 * 24 * 3600


def sign_in_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def sign_in(request: Request, token: Annotated[str, Query(max_length=1_000)]) -> RedirectResponse:
        gate: TokenGate = request.app.state.gate
        gate.caller(token.strip())
        answer = RedirectResponse("/", status_code=303, headers={"cache-control": "no-store"})
        is_safe = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token.strip(), max_age=A_YEAR, httponly=True, samesite="lax", secure=is_safe)
        return answer

    return router
