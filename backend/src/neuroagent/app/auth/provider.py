"""The provider that people sign in with: where its doors are, and which keys sign its tokens."""

import time
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import jwt

from neuroagent.app.auth.settings import OidcSettings
from neuroagent.app.errors import Unauthorized, Unavailable

PATIENCE: Final = 10.0  # seconds
KEPT: Final = 3_600.0
BETWEEN_LOOKS: Final = 10.0  # a stranger's tokens must not make us ask the provider all the time
LEEWAY: Final = 30
AWAY: Final = "The provider that people sign in with can't be reached; try again shortly."


@dataclass
class Provider:
    """What it publishes is fetched when it is needed first, and again when a key is unknown."""

    settings: OidcSettings
    _doors: dict[str, Any] = field(default_factory=dict)
    _keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    _asked_at: float = 0.0

    async def doors(self) -> dict[str, Any]:
        if not self._doors:
            found = await _fetched(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.settings.issuer:
                raise Unavailable(f"The provider calls itself {str(found.get('issuer'))[:200]!r}; the settings don't.")
            self._doors = found
        return self._doors

    async def claims(self, token: str, audience: str) -> dict[str, Any]:
        """What a token says, once all of it has been checked here."""
        allowed = self.settings.allowed_algorithms
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in allowed:
                raise Unauthorized(f"This token isn't signed with one of: {', '.join(allowed)}.")
            key = jwt.PyJWK(await self._key(str(header.get("kid", ""))), header["alg"])
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                [header["alg"]],
                audience=audience,
                issuer=self.settings.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, UnicodeError) as error:
            raise Unauthorized(f"This token isn't good here: {error}.") from None
        return claims

    async def _key(self, kid: str) -> dict[str, Any]:
        is_stale = time.monotonic() - self._asked_at > (BETWEEN_LOOKS if kid not in self._keys else KEPT)
        if is_stale or not self._asked_at:
            self._asked_at = time.monotonic()
            published = await _fetched(str((await self.doors()).get("jwks_uri", "")))
            keys = [key for key in published.get("keys", ()) if isinstance(key, dict) and key.get("use") != "enc"]
            self._keys = {str(key.get("kid", "")): key for key in keys}
        if kid not in self._keys:
            raise Unauthorized("This token is signed with a key that its provider doesn't publish.")
        return self._keys[kid]


async def _fetched(url: str) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = (await client.get(url)).raise_for_status()
            found = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unavailable(AWAY) from error
    if not isinstance(found, dict):
        raise Unavailable(AWAY)
    return found
