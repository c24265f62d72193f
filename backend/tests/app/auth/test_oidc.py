"""People as their provider describes them."""

from typing import Any

import httpx
import pytest
from oidc_server import CLIENT, Provider

from neuroagent.app.auth import provider as module
from neuroagent.app.auth.oidc import Oidc
from neuroagent.app.auth.settings import OidcSettings
from neuroagent.app.errors import Unauthorized

SETTINGS = OidcSettings(issuer="https://id.example", client_id=CLIENT, everybody="chat", groups={"chiefs": "admin"})
OIDC = Oidc(SETTINGS, module.Provider(SETTINGS))


def test_groups_become_scopes() -> None:
    person = OIDC.person({"sub": "ada", "name": "Ada", "groups": ["chiefs"]}, "jwt")

    assert (person.user_id, person.name, sorted(person.scopes)) == ("ada", "Ada", ["admin", "chat"])


@pytest.mark.parametrize("user", ["", "a/b", 7, None, ["ada"], "x" * 300])
def test_a_name_that_can_t_be_a_user_s_is_refused(user: object) -> None:
    with pytest.raises(Unauthorized):
        OIDC.person({"sub": user}, "jwt")


@pytest.mark.parametrize("claims", [{}, {"sub": "ada"}, {"sub": 1, "scopes": [], "name": ""}])
def test_a_session_that_says_less_than_we_write_is_nobody_s(claims: dict[str, Any]) -> None:
    assert OIDC.session(claims) is None


async def test_a_bearer_is_checked_here(stranger: httpx.AsyncClient, provider: Provider) -> None:
    def by(token: str) -> dict[str, str]:
        return {"authorization": f"Bearer {token}"}

    assert (await stranger.get("/api/threads", headers=by(provider.token()))).status_code == 200
    assert (await stranger.post("/api/tasks", json={}, headers=by(provider.token()))).status_code == 403
    assert (await stranger.get("/api/threads", headers=by(provider.token(aud="x")))).status_code == 401
    chief = provider.token(groups=["Chiefs"])
    assert (await stranger.get("/api/keys?everybody=true", headers=by(chief))).status_code == 200
