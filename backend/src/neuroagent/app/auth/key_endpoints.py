"""/api/keys: make, list and revoke keys; a key is shown once, when it is made."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from neuroagent.app.auth.caller import Caller, CurrentCaller
from neuroagent.app.auth.keys import Keys, scopes_in
from neuroagent.app.auth.models import KeyRow
from neuroagent.app.auth.scopes import Scope
from neuroagent.app.body_limit import limited_to
from neuroagent.app.errors import Forbidden

MAX_BODY_BYTES = 16 * 2**10


class NewKey(BaseModel):
    """Whose key, what for, and how long."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "laptop", "scopes": ["read"]}]})

    name: str = Field("", max_length=100, pattern=r"^[^\x00-\x1f]*$", description="What reminds you of it.")
    scopes: list[Scope] = Field(["chat", "tools"], min_length=1, max_length=10)
    user: str | None = Field(None, max_length=200, description="Another's; for who has the scope `admin`.")
    days: float | None = Field(None, gt=0, le=36_500, description="Days that it works; none: until it is revoked.")


class KeyView(BaseModel):
    """A key as a list shows it."""

    id: str
    user: str
    name: str
    beginning: str = Field(description="Its first letters.")
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(description="To the minute.")
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: KeyRow) -> Self:
        same = ("id", "name", "beginning", "created_at", "expires_at", "used_at", "revoked_at")
        return cls(user=row.user_id, scopes=sorted(scopes_in(row)), **{name: getattr(row, name) for name in same})


class KeyShown(BaseModel):
    """The one time that a key is seen."""

    key: str
    view: KeyView


class KeyList(BaseModel):
    keys: list[KeyView]


def keys_router(keys: Keys) -> APIRouter:
    router = APIRouter(prefix="/api/keys", tags=["keys"], route_class=limited_to(MAX_BODY_BYTES))

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def make(wished: NewKey, caller: CurrentCaller) -> KeyShown:
        """A new key; write it down, it is shown this once."""
        user = wished.user or caller.user_id
        _must_be_allowed(caller, user, wished)
        made = await keys.add(user, wished.name, wished.scopes, wished.days)
        return KeyShown(key=made.key, view=KeyView.of(made.row))

    @router.get("")
    async def page(
        caller: CurrentCaller,
        *,
        everybody: Annotated[bool, Query(description="Not only yours; for who has the scope `admin`.")] = False,
    ) -> KeyList:
        """Your keys, the newest first."""
        if everybody and not caller.is_admin:
            raise Forbidden("Everybody's keys are for who has the scope `admin`.")
        rows = await keys.listed(None if everybody else caller.user_id)
        return KeyList(keys=[KeyView.of(row) for row in rows])

    @router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def revoke(key_id: str, caller: CurrentCaller) -> None:
        """It works no longer, from now on."""
        await keys.revoke(key_id, None if caller.is_admin else caller.user_id)

    return router


def _must_be_allowed(caller: Caller, user: str, wished: NewKey) -> None:
    """A key that got lost must not make others that outlive it."""
    if caller.is_admin:
        return
    if caller.way == "key":
        raise Forbidden("A key makes no keys, unless it has the scope `admin`: sign in, or ask who runs this.")
    if user != caller.user_id:
        raise Forbidden("A key for somebody else is made by who has the scope `admin`.")
    if more := sorted(set(wished.scopes) - caller.scopes - {"read"}):
        raise Forbidden(f"You can't give the scope `{more[0]}`, since you don't have it.")
