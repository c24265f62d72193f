"""Signing in and out in a browser."""

from pathlib import Path

import httpx
import pytest
from app.conftest import TOKEN, serving
from processes import RedisServer

from neuroagent.app.auth.sessions import COOKIE


async def test_the_link_of_dev_up_signs_in_and_leads_to_the_page(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    answer = await client.get("/sign-in", params={"token": TOKEN})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert TOKEN not in answer.headers["set-cookie"]
    assert (await client.get("/api/me")).json()["user"] == "local"
    assert (await client.get("/api/threads")).status_code == 200


async def test_the_form_does_the_same(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    assert "<form" in (await client.get("/sign-in")).text

    assert (await client.post("/sign-in", data={"token": TOKEN})).status_code == 303
    assert (await client.get("/api/threads")).status_code == 200


@pytest.mark.parametrize("wrong", ["", "a guess", "\u0000", "x" * 1000])
async def test_a_wrong_token_opens_nothing(wrong: str, client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    assert (await client.get("/sign-in", params={"token": wrong})).status_code == 401
    assert (await client.post("/sign-in", data={"token": wrong})).status_code == 401
    assert (await client.post("/api/sign-in", json={"token": wrong})).status_code in {401, 422}
    assert COOKIE not in client.cookies


async def test_signed_out_is_out(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    await client.post("/api/sign-in", json={"token": TOKEN})

    assert (await client.post("/api/sign-out")).status_code == 204

    assert (await client.get("/api/threads")).status_code == 401
    me = (await client.get("/api/me")).json()
    assert (me["user"], me["mode"], me["sign_in"]) == (None, "token", "/sign-in")


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/sign-out"])
async def test_another_site_signs_nobody_in_or_out(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.post(path, json={"token": TOKEN}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 403


async def test_a_link_with_somebody_s_key_signs_nobody_in_as_them(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path) as client:
        key = (await client.post("/api/keys", json={"user": "eve"})).json()["key"]
    async with serving(redis.port, redis.password, tmp_path, auth={"mode": "keys"}) as client:
        client.headers.pop("authorization")

        assert "<form" in (await client.get("/sign-in", params={"token": key})).text
        assert COOKIE not in client.cookies
        me = (await client.post("/api/sign-in", json={"token": key})).json()

    assert (me["user"], me["mode"], me["scopes"]) == ("eve", "keys", ["chat", "tools"])


async def test_in_the_mode_keys_the_token_of_the_data_folder_says_nothing(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, auth={"mode": "keys", "token": TOKEN}) as client:
        assert (await client.get("/api/threads")).status_code == 401


async def test_a_form_without_its_field_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sign-in", data={"other": "x"})).status_code == 422
    assert (await client.post("/sign-in", files={"token": ("a", b"x")})).status_code == 422
