"""The printed link signs a browser in; no other does."""

import httpx
import pytest
from app.conftest import TOKEN

BROWSER = {"authorization": ""}


async def test_the_link_leaves_a_cookie_that_all_of_the_api_takes(client: httpx.AsyncClient) -> None:
    del client.headers["authorization"]

    answer = await client.get("/sign-in", params={"token": TOKEN})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await client.get("/api/threads")).status_code == 200


async def test_no_script_reads_the_cookie_and_no_other_site_sends_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", params={"token": TOKEN})

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("token", ["", "wrong", "\x00", f"{TOKEN}x"])
async def test_another_token_leaves_nothing(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get("/sign-in", params={"token": token})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_cookie_that_isn_t_ours_is_nobody(client: httpx.AsyncClient) -> None:
    del client.headers["authorization"]
    client.cookies.set("neuroagent_token", "wrong")

    assert (await client.get("/api/threads")).status_code == 401
