"""A provider's tokens, checked here: signature, issuer, audience, time, and an algorithm that is allowed."""

import base64
import json
from typing import Any

import jwt
import pytest
from oidc_server import CLIENT, Provider, new_key

from neuroagent.app.auth import provider as module
from neuroagent.app.auth.settings import OidcSettings
from neuroagent.app.errors import Unauthorized, Unavailable


def trusted(provider: Provider) -> module.Provider:
    return module.Provider(OidcSettings(issuer=provider.url, client_id=CLIENT))


async def test_a_good_token_says_who_it_is(provider: Provider) -> None:
    claims = await trusted(provider).claims(provider.token(), CLIENT)

    assert claims["sub"] == "ada"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-app"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"aud": None},
        {"nbf": 4_000_000_000},
    ],
)
async def test_a_token_for_others_or_of_another_time_is_refused(claims: dict[str, Any], provider: Provider) -> None:
    with pytest.raises(Unauthorized):
        await trusted(provider).claims(provider.token(**claims), CLIENT)


async def test_a_forged_signature_is_refused(provider: Provider) -> None:
    with pytest.raises(Unauthorized):
        await trusted(provider).claims(provider.token(key=new_key()), CLIENT)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_an_algorithm_that_isn_t_allowed_is_refused(algorithm: str, provider: Provider) -> None:
    """With HS256, the public key would be a secret that everybody knows."""
    header, body, _ = provider.token().split(".")
    named = json.dumps({"alg": algorithm, "kid": provider.kid}).encode()
    forged = base64.urlsafe_b64encode(named).rstrip(b"=").decode()

    with pytest.raises(Unauthorized, match="isn't signed with one of"):
        await trusted(provider).claims(f"{forged}.{body}.", CLIENT)
    assert header != forged


@pytest.mark.parametrize("odd", ["", "x", "a.b.c", "\ud800", "a" * 100_000, jwt.encode({}, "k" * 32)])
async def test_what_is_no_token_is_refused(odd: str, provider: Provider) -> None:
    with pytest.raises(Unauthorized):
        await trusted(provider).claims(odd, CLIENT)


async def test_a_new_key_is_fetched_and_guessed_ones_don_t_make_us_ask_again(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = trusted(provider)
    await ours.claims(provider.token(), CLIENT)
    provider.rotate()
    for _ in range(20):
        with pytest.raises(Unauthorized, match="doesn't publish"):
            await ours.claims(provider.token(kid="a guess"), CLIENT)
    assert provider.asked.count("/keys") == 1

    monkeypatch.setattr(module, "BETWEEN_LOOKS", 0.0)
    await ours.claims(provider.token(), CLIENT)

    assert provider.asked.count("/keys") == 2


async def test_a_provider_that_is_away_is_no_fault_of_the_caller(provider: Provider) -> None:
    provider.status = 500

    with pytest.raises(Unavailable, match="can't be reached"):
        await trusted(provider).claims(provider.token(), CLIENT)


async def test_a_provider_that_calls_itself_otherwise_isn_t_trusted(provider: Provider) -> None:
    token = provider.token()
    ours = trusted(provider)
    provider.url += "/other"

    with pytest.raises(Unavailable, match="the settings don't"):
        await ours.claims(token, CLIENT)
