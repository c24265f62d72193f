"""The caller of a request, by the token of this installation."""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field, SecretStr

from neuroagent.app.errors import Unauthorized
from neuroagent.config.settings import Section

COOKIE: Final = "neuroagent_token"  # what the sign-in link leaves in the browser
bearer = HTTPBearer(auto_error=False, description="The token that `./dev up` prints, or NEUROAGENT_AUTH__TOKEN.")


class AuthSettings(Section):
    """Who may call."""

    token: SecretStr | None = Field(
        None, min_length=16, description="The token callers show; by default one is made and kept in the data folder."
    )


@dataclass(frozen=True)
class Caller:
    """Whose request this is; everything made is this user's."""

    user_id: str


@dataclass(frozen=True)
class TokenGate:
    """One person, one token."""

    token: SecretStr

    def caller(self, token: str | None) -> Caller:
        if token is None:
            raise Unauthorized("Say who you are: send the header `Authorization: Bearer TOKEN`.")
        if not compare_digest(token.encode(), self.token.get_secret_value().encode()):
            raise Unauthorized(
                "This token isn't known here. The right one lies in the file `token` of the data folder."
            )
        return Caller("local")


def _caller(request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Caller:
    gate: TokenGate = request.app.state.gate
    return gate.caller(shown.credentials if shown else request.cookies.get(COOKIE))


CurrentCaller = Annotated[Caller, Depends(_caller)]
