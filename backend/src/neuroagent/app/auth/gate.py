"""The ways to be known here: a key, a session that a browser carries, and what the mode adds to them."""

from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Literal, Protocol

from pydantic import SecretStr

from neuroagent.app.auth.keys import PREFIX, Keys, scopes_in
from neuroagent.app.auth.models import KeyRow
from neuroagent.app.auth.scopes import ALL, Scope
from neuroagent.app.auth.sessions import Notes
from neuroagent.app.errors import Unauthorized

Way = Literal["token", "key", "session", "jwt"]
LOCAL = "local"


@dataclass(frozen=True)
class Caller:
    """Whose request this is; everything made is this user's."""

    user_id: str
    scopes: frozenset[Scope] = field(default=ALL)
    way: Way = "token"
    name: str = ""

    @property
    def is_admin(self) -> bool:
        return "admin" in self.scopes


@dataclass(frozen=True)
class Shown:
    """What a request shows of who it is from."""

    bearer: str | None = None
    session: str | None = None


class Mode(Protocol):
    """What one of the modes adds."""

    async def bearer(self, shown: str) -> Caller: ...

    def session(self, claims: dict[str, Any]) -> Caller | None: ...


@dataclass(frozen=True)
class Gate:
    """Says who is asking, or raises Unauthorized."""

    mode: Mode
    keys: Keys
    notes: Notes

    async def caller(self, shown: Shown) -> Caller:
        if shown.bearer is not None:
            return await self._by_bearer(shown.bearer)
        if shown.session is None:
            raise Unauthorized("Say who you are: send the header `Authorization: Bearer …`, or sign in.")
        claims = self.notes.read(shown.session)
        found = await self._by_claims(claims) if claims else None
        if found is None:
            raise Unauthorized("The session is over: sign in again.")
        return found

    async def _by_bearer(self, shown: str) -> Caller:
        if not shown.startswith(PREFIX):
            return await self.mode.bearer(shown)
        row = await self.keys.of(shown)
        if row is None:
            raise Unauthorized("This key isn't known here, or it has been revoked or has expired.")
        return _of_key(row, "key")

    async def _by_claims(self, claims: dict[str, Any]) -> Caller | None:
        if not isinstance(claims.get("key"), str):
            return self.mode.session(claims)
        row = await self.keys.by_id(claims["key"])  # a key that was revoked ends its sessions too
        return _of_key(row, "session") if row else None

    async def claims(self, shown: str) -> dict[str, Any]:
        """What the session of whoever shows this says of them."""
        caller = await self._by_bearer(shown)
        if caller.way == "key" and (row := await self.keys.of(shown)):
            return {"key": row.id}
        return {"token": _mark(shown)}


@dataclass(frozen=True)
class OneToken:
    """One person, one token."""

    token: SecretStr

    async def bearer(self, shown: str) -> Caller:
        if not compare_digest(shown.encode("utf-8", "replace"), self.token.get_secret_value().encode()):
            raise Unauthorized(
                "This token isn't known here. The right one lies in the file `token` of the data folder."
            )
        return Caller(LOCAL)

    def session(self, claims: dict[str, Any]) -> Caller | None:
        """Another token ends the sessions of the one before."""
        is_ours = claims.get("token") == _mark(self.token.get_secret_value())
        return Caller(LOCAL, way="session") if is_ours else None


@dataclass(frozen=True)
class KeysOnly:
    """People with keys; nothing else counts."""

    async def bearer(self, shown: str) -> Caller:  # noqa: ARG002 - whatever it is
        raise Unauthorized(f"A key begins with `{PREFIX}`; whoever runs this installation makes you one.")

    def session(self, claims: dict[str, Any]) -> Caller | None:  # noqa: ARG002 - as above
        return None


def _of_key(row: KeyRow, way: Way) -> Caller:
    return Caller(row.user_id, scopes_in(row), way)


def _mark(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
