"""The authorization code flow with PKCE, over real HTTP with a provider that checks it."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_server import Provider, path_of

from neuroagent.app.auth.oidc_endpoints import ON_THE_WAY
from neuroagent.app.auth.sessions import COOKIE


async def sent_back(stranger: httpx.AsyncClient) -> str:
    """Where the provider sends the browser, once it has been there."""
    there = (await stranger.get("/sign-in")).headers["location"]
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    async with httpx.AsyncClient() as browser:
        return path_of((await browser.get(there)).headers["location"])


async def test_whoever_comes_back_from_the_provider_is_signed_in(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/api/threads")).status_code == 401

    answer = await stranger.get(await sent_back(stranger))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    me = (await stranger.get("/api/me")).json()
    assert (me["user"], me["name"], me["scopes"], me["mode"]) == ("ada", "Ada", ["chat"], "oidc")
    assert (await stranger.post("/api/threads", json={})).status_code == 201
    assert ON_THE_WAY not in stranger.cookies


async def test_a_code_is_good_for_whoever_began(stranger: httpx.AsyncClient) -> None:
    """Else one could make somebody else's browser sign in as oneself."""
    back = await sent_back(stranger)
    stranger.cookies.clear()

    assert (await stranger.get(back)).status_code == 401
    assert COOKIE not in stranger.cookies


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=", "?code=x&state=x", "?code=%00&state=y"])
async def test_an_odd_way_back_is_refused(query: str, stranger: httpx.AsyncClient) -> None:
    await stranger.get("/sign-in")

    assert (await stranger.get(f"/sign-in/callback{query}")).status_code == 401


async def test_a_code_works_once(stranger: httpx.AsyncClient) -> None:
    back = await sent_back(stranger)
    on_the_way = stranger.cookies[ON_THE_WAY]
    await stranger.get(back)
    stranger.cookies.clear()

    again = await stranger.get(back, headers={"cookie": f"{ON_THE_WAY}={on_the_way}"})

    assert again.status_code == 401


async def test_a_token_for_another_visit_is_refused(stranger: httpx.AsyncClient, provider: Provider) -> None:
    back = await sent_back(stranger)
    for begun in provider.codes.values():
        begun["nonce"] = "of another visit"

    assert (await stranger.get(back)).status_code == 401


async def test_a_provider_that_is_away_is_a_503(stranger: httpx.AsyncClient, provider: Provider) -> None:
    provider.status = 500

    answer = await stranger.get("/sign-in")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
