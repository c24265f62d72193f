"""Signing in at a provider: there with a challenge, back with a code; the authorization code flow with PKCE."""

import secrets
from hmac import compare_digest
from typing import Any, Final

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from fastapi import APIRouter, Request, Response, status
from fastapi.responses import RedirectResponse

from neuroagent.app.auth.admission import Admission
from neuroagent.app.auth.oidc import Oidc
from neuroagent.app.auth.provider import AWAY, PATIENCE
from neuroagent.app.auth.sessions import set_cookie
from neuroagent.app.auth.users import known
from neuroagent.app.errors import Unauthorized, Unavailable

ON_THE_WAY: Final = "neuroagent_signing_in"
LONGEST_WAY: Final = 600.0  # seconds
AGAIN: Final = "Signing in went wrong, or took too long: begin again at /sign-in."


def oidc_router(admission: Admission, oidc: Oidc, callback: str) -> APIRouter:
    router = APIRouter(tags=["sign-in"], include_in_schema=False)
    notes = admission.gate.notes

    @router.get("/sign-in")
    async def there(request: Request) -> Response:
        """To the provider; what the answer has to fit is noted in the browser, signed."""
        doors = await oidc.provider.doors()
        note = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        client = _client(oidc, callback or str(request.url_for("back")))
        url, _ = client.create_authorization_url(
            doors["authorization_endpoint"], note["state"], note["verifier"], nonce=note["nonce"]
        )
        answer = RedirectResponse(url, status.HTTP_303_SEE_OTHER)
        is_secure = request.url.scheme == "https"
        set_cookie(answer, ON_THE_WAY, notes.signed(note, LONGEST_WAY), LONGEST_WAY, secure=is_secure)
        return answer

    @router.get("/sign-in/callback")
    async def back(request: Request, code: str = "", state: str = "") -> Response:
        """From the provider; the code is good for whoever began, and nobody else."""
        await admission.rates.count(request, "sign_in", request.client.host if request.client else "nowhere")
        note = notes.read(request.cookies.get(ON_THE_WAY, "")) or {}
        if not (code and state) or not compare_digest(state.encode(), str(note.get("state", "")).encode()):
            raise Unauthorized(AGAIN)
        claims = await _claims(oidc, callback or str(request.url_for("back")), code, note)
        person = oidc.person(claims, "session")
        await known(admission.gate.keys.database, person.user_id, person.name)
        answer = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
        session = {"sub": person.user_id, "name": person.name, "scopes": sorted(person.scopes)}
        notes.give(answer, session, secure=request.url.scheme == "https")
        answer.delete_cookie(ON_THE_WAY, httponly=True, samesite="lax")
        return answer

    return router


def _client(oidc: Oidc, callback: str) -> AsyncOAuth2Client:
    secret = oidc.settings.client_secret
    return AsyncOAuth2Client(
        oidc.settings.client_id,
        secret.get_secret_value() if secret else None,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        scope=oidc.settings.scope,
        redirect_uri=callback,
        code_challenge_method="S256",
        timeout=PATIENCE,
    )


async def _claims(oidc: Oidc, callback: str, code: str, note: dict[str, Any]) -> dict[str, Any]:
    """What the provider says of the person, for us and for this one time."""
    door = (await oidc.provider.doors())["token_endpoint"]
    try:
        async with _client(oidc, callback) as client:
            token = await client.fetch_token(door, code=code, code_verifier=note["verifier"])
    except httpx.HTTPError as error:
        raise Unavailable(AWAY) from error
    except (AuthlibBaseError, ValueError) as error:
        raise Unauthorized(AGAIN) from error
    claims = await oidc.provider.claims(str(token.get("id_token", "")), oidc.settings.client_id)
    if not compare_digest(str(claims.get("nonce", "")).encode(), str(note["nonce"]).encode()):
        raise Unauthorized(AGAIN)
    return claims
