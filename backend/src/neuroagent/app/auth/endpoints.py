"""Signing in and out in a browser, and who one is."""

from html import escape
from typing import Final, Literal

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from neuroagent.app.auth.admission import Admission
from neuroagent.app.auth.caller import shown_by
from neuroagent.app.auth.cross_site import must_be_ours
from neuroagent.app.auth.gate import Caller, Shown
from neuroagent.app.auth.sessions import COOKIE
from neuroagent.app.body_limit import limited_to
from neuroagent.app.errors import InvalidInput, Unauthorized

Mode = Literal["token", "keys", "oidc"]
MAX_BODY_BYTES: Final = 16 * 2**10
HOW: Final[dict[Mode, str]] = {
    "token": "Open the link that `./dev up` prints, or give the token that lies in the data folder.",
    "keys": "Give your key; whoever runs this installation makes you one.",
    "oidc": "Sign in at the provider.",
}
FORM: Final = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in · Neuroagent</title>
<style>body{font:1rem/1.5 system-ui;max-width:24rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}
input,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin-top:.5rem}</style>
<h1>Neuroagent</h1><p>HOW</p><form method="post" action="/sign-in"><label>Token or key
<input name="token" type="password" autocomplete="current-password" required autofocus></label>
<button>Sign in</button></form></html>"""


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "na_…"}]})

    token: str = Field(min_length=1, max_length=500, description="The token of this installation, or a key.")


class Me(BaseModel):
    """Who asks, and how to sign in."""

    user: str | None = Field(description="null: nobody that is known here.")
    name: str = ""
    scopes: list[str] = []
    mode: Mode
    sign_in: str = "/sign-in"
    how: str


def sign_in_router(admission: Admission, mode: Mode) -> APIRouter:
    """For the modes in which one shows something; `oidc` has a way of its own besides."""
    router = APIRouter(tags=["sign-in"], route_class=limited_to(MAX_BODY_BYTES))

    @router.post("/api/sign-in")
    async def sign_in(given: SignIn, request: Request, response: Response) -> Me:
        """A token or a key becomes a session in a cookie that no script can read."""
        await _give_session(admission, request, response, given.token)
        return _me(await admission.gate.caller(Shown(bearer=given.token)), mode)

    @router.post("/api/sign-out", status_code=status.HTTP_204_NO_CONTENT)
    async def sign_out(request: Request, response: Response) -> None:
        """The browser forgets its session."""
        must_be_ours(request, admission.origins)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    @router.get("/api/me")
    async def me(request: Request) -> Me:
        """Who you are; or nobody, and how to sign in."""
        try:
            return _me(await admission.gate.caller(shown_by(request)), mode)
        except Unauthorized:
            return _me(None, mode)

    if mode != "oidc":
        _add_form(router, admission, mode)
    return router


def _add_form(router: APIRouter, admission: Admission, mode: Mode) -> None:
    @router.get("/sign-in", include_in_schema=False)
    async def form(request: Request, token: str | None = None) -> Response:
        """The link that `./dev up` prints, or a form; a link with a key could sign somebody in as another."""
        if token is None or mode != "token":
            return HTMLResponse(FORM.replace("HOW", escape(HOW[mode]).replace("`", "")))
        return await _signed_in(admission, request, token)

    @router.post("/sign-in", include_in_schema=False)
    async def sent(request: Request) -> Response:
        async with request.form(max_files=1, max_fields=10) as form:
            token = form.get("token")
        if token is None or isinstance(token, UploadFile):
            raise InvalidInput("The form has one field: `token`.")
        return await _signed_in(admission, request, token.strip())


async def _signed_in(admission: Admission, request: Request, token: str) -> Response:
    answer = RedirectResponse("/", status.HTTP_303_SEE_OTHER)
    await _give_session(admission, request, answer, token)
    return answer


async def _give_session(admission: Admission, request: Request, answer: Response, token: str) -> None:
    must_be_ours(request, admission.origins)
    await admission.rates.count(request, "sign_in", request.client.host if request.client else "nowhere")
    claims = await admission.gate.claims(token)
    admission.gate.notes.give(answer, claims, secure=request.url.scheme == "https")


def _me(caller: Caller | None, mode: Mode) -> Me:
    if caller is None:
        return Me(user=None, mode=mode, how=HOW[mode])
    return Me(user=caller.user_id, name=caller.name, scopes=sorted(caller.scopes), mode=mode, how=HOW[mode])
