"""People who sign in at a provider: their sessions, and the tokens it has made for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neuroagent.app.auth.gate import Caller, Way
from neuroagent.app.auth.provider import Provider
from neuroagent.app.auth.scopes import ALL
from neuroagent.app.auth.settings import OidcSettings
from neuroagent.app.auth.users import USER_ID
from neuroagent.app.errors import Unauthorized


@dataclass(frozen=True)
class Oidc:
    """A JWT is checked here; the provider is asked for its keys only."""

    settings: OidcSettings
    provider: Provider

    async def bearer(self, shown: str) -> Caller:
        audience = self.settings.audience or self.settings.client_id
        return self.person(await self.provider.claims(shown, audience), "jwt")

    def session(self, claims: dict[str, Any]) -> Caller | None:
        match claims:
            case {"sub": str(user), "scopes": list(scopes), "name": str(name)}:
                return Caller(user, frozenset(one for one in ALL if one in scopes), "session", name)
            case _:
                return None

    def person(self, claims: Mapping[str, Any], way: Way) -> Caller:
        user = claims["sub"]
        if not isinstance(user, str) or not USER_ID.fullmatch(user):
            raise Unauthorized("The provider calls this person what can't be a user's name here.")
        name = next((str(claims[one])[:200] for one in ("name", "preferred_username", "email") if claims.get(one)), "")
        return Caller(user, self.settings.scopes(claims.get(self.settings.groups_claim)), way, name)
