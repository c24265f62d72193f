"""What each request passes through: who asks, from where, with what right, how often, how much today."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from neuroagent.app.auth.cross_site import must_be_ours
from neuroagent.app.auth.gate import Caller, Gate, Shown
from neuroagent.app.auth.rates import Rates, class_of
from neuroagent.app.auth.scopes import must_allow, needed

Quota = Callable[[Caller], Awaitable[None]]


@dataclass(frozen=True)
class Admission:
    gate: Gate
    rates: Rates
    origins: frozenset[str]
    quota: Quota
    """Raises when a person has used up a day; asked before what costs tokens or tool seconds."""

    async def admitted(self, connection: HTTPConnection, shown: Shown) -> Caller:
        method, path = connection.scope.get("method", "GET"), connection.url.path
        caller = await self.gate.caller(shown)
        if caller.way == "session":
            must_be_ours(connection, self.origins)
        must_allow(caller.scopes, needed(method, path))
        kind = class_of(method, path)
        await self.rates.count(connection, kind, caller.user_id)
        if kind in {"ask", "run"}:
            await self.quota(caller)
        return caller
