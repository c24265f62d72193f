"""The note that a browser carries: ours, whole, and in time, or nothing."""

import jwt
import pytest
from starlette.responses import Response

from neuroagent.app.auth.sessions import COOKIE, Notes

NOTES = Notes(b"a secret of thirty-two bytes, ok", 60)


def test_a_note_is_read_again() -> None:
    claims = NOTES.read(NOTES.signed({"token": "x"}))

    assert claims is not None
    assert claims["token"] == "x"


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "x.y.z",
        Notes(b"another secret", 60).signed({"token": "x"}),
        jwt.encode({"token": "x"}, NOTES._key, "HS256"),
        jwt.encode({"token": "x", "exp": 4_000_000_000}, "", "none"),
    ],
)
def test_what_we_have_not_signed_says_nothing(odd: str) -> None:
    assert NOTES.read(odd) is None


def test_a_note_ends() -> None:
    assert NOTES.read(NOTES.signed({"token": "x"}, -1)) is None


@pytest.mark.parametrize("secure", [True, False])
def test_no_script_and_no_other_site_gets_the_cookie(secure: bool) -> None:
    answer = Response()

    NOTES.give(answer, {"token": "x"}, secure=secure)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert ("Secure" in cookie) is secure
