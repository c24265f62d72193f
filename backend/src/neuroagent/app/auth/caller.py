"""The caller of a request: who it is, whether they may, and whether it isn't too often."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from neuroagent.app.auth.admission import Admission
from neuroagent.app.auth.gate import Caller, Shown
from neuroagent.app.auth.sessions import COOKIE

__all__ = ["Caller", "CurrentCaller", "shown_by"]


class Bearer(HTTPBearer):
    """As FastAPI's own, for WebSockets too."""

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        token = shown_by(request).bearer
        return None if token is None else HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)


bearer = Bearer(auto_error=False, description="A key, the token that `./dev up` prints, or a provider's JWT.")


def shown_by(connection: HTTPConnection) -> Shown:
    """A page's WebSocket can't set the header: it offers the protocols `bearer` and the token itself."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if not scheme and connection.scope["type"] == "websocket":
        scheme, _, credentials = connection.headers.get("sec-websocket-protocol", "").partition(",")
    credentials = credentials.strip()
    is_bearer = scheme.strip().lower() == "bearer" and credentials
    return Shown(credentials if is_bearer else None, connection.cookies.get(COOKIE))


async def _caller(
    connection: HTTPConnection, _: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    admission: Admission = connection.app.state.admission
    return await admission.admitted(connection, shown_by(connection))


CurrentCaller = Annotated[Caller, Depends(_caller)]
