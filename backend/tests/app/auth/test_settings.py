"""Who may call, as the settings say it; half a provider is refused at the start."""

from typing import Any

import pytest
from pydantic import ValidationError

from neuroagent.app.auth.settings import AuthSettings, OidcSettings

PROVIDER = {"issuer": "https://id.example", "client_id": "app"}


def test_one_token_is_the_default() -> None:
    assert AuthSettings().mode == "token"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mode": "oidc"}, "needs oidc.issuer and oidc.client_id"),
        ({"mode": "password"}, "mode"),
        ({"oidc": PROVIDER | {"algorithms": "HS256"}}, "'HS256' isn't safe here"),
        ({"oidc": PROVIDER | {"algorithms": "RS256,none"}}, "'none' isn't safe here"),
        ({"oidc": PROVIDER | {"everybody": "fly"}}, "no scope 'fly'"),
        ({"oidc": PROVIDER | {"groups": {"lab": "fly"}}}, "no scope 'fly'"),
    ],
)
def test_what_can_t_be_meant_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AuthSettings.model_validate(given)


@pytest.mark.parametrize(
    ("groups", "scopes"),
    [
        (["Lab"], {"read", "chat"}),
        (["lab", "chiefs"], {"read", "chat", "admin"}),
        ([], {"read"}),
        (None, {"read"}),
        ("chiefs", {"read"}),
        ([7, {"chiefs": 1}], {"read"}),
    ],
)
def test_groups_give_scopes(groups: object, scopes: set[str]) -> None:
    settings = OidcSettings(**PROVIDER, everybody="read", groups={"lab": "chat", "chiefs": "admin"})

    assert settings.scopes(groups) == scopes


def test_origins_are_compared_without_their_last_slash() -> None:
    assert AuthSettings(origins="https://A.example/, http://b").allowed_origins == {"https://a.example", "http://b"}
