"""What a browser is given when somebody has signed in: a signed note of who it is, in a cookie no script can read."""

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import jwt
from starlette.responses import Response

COOKIE: Final = "neuroagent_session"
ALGORITHM: Final = "HS256"


@dataclass(frozen=True)
class Notes:
    """Signs and reads; the key is made from the app's secret for this one use."""

    secret: bytes
    seconds: float

    def signed(self, claims: dict[str, Any], seconds: float | None = None) -> str:
        until = int(time.time() + (seconds or self.seconds))
        return jwt.encode({**claims, "exp": until}, self._key, ALGORITHM)

    def read(self, note: str) -> dict[str, Any] | None:
        """None: it isn't ours, or its time is over."""
        try:
            claims: dict[str, Any] = jwt.decode(note, self._key, [ALGORITHM], options={"require": ["exp"]})
        except jwt.InvalidTokenError:
            return None
        return claims

    def give(self, response: Response, claims: dict[str, Any], *, secure: bool) -> None:
        set_cookie(response, COOKIE, self.signed(claims), self.seconds, secure=secure)

    @property
    def _key(self) -> bytes:
        return sha256(b"session\0" + self.secret).digest()


def set_cookie(response: Response, name: str, value: str, seconds: float, *, secure: bool) -> None:
    """No script reads it, no other site's form sends it."""
    response.set_cookie(name, value, max_age=int(seconds), httponly=True, samesite="lax", secure=secure)
