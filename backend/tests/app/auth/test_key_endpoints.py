"""/api/keys: made, shown once, listed, revoked; and who may make which."""

from typing import Any

import httpx
import pytest


async def made(client: httpx.AsyncClient, **wished: Any) -> dict[str, Any]:
    answer = await client.post("/api/keys", json=wished)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def by(key: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {key['key']}"}


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(client: httpx.AsyncClient) -> None:
    key = await made(client, name="laptop", scopes=["chat"], days=30)

    assert (await client.get("/api/threads", headers=by(key))).status_code == 200
    [listed] = (await client.get("/api/keys")).json()["keys"]
    assert key["key"] not in str(listed)
    assert (listed["name"], listed["scopes"], listed["user"]) == ("laptop", ["chat"], "local")
    assert listed["used_at"]

    assert (await client.delete(f"/api/keys/{key['view']['id']}")).status_code == 204
    assert (await client.get("/api/threads", headers=by(key))).status_code == 401
    assert (await client.delete(f"/api/keys/{key['view']['id']}")).status_code == 404


async def test_everything_made_with_it_is_its_user_s(client: httpx.AsyncClient) -> None:
    ada, bob = await made(client, user="ada"), await made(client, user="bob")
    thread = (await client.post("/api/threads", json={}, headers=by(ada))).json()["id"]

    assert (await client.get(f"/api/threads/{thread}", headers=by(ada))).status_code == 200
    assert (await client.get(f"/api/threads/{thread}", headers=by(bob))).status_code == 404
    assert (await client.get(f"/api/threads/{thread}")).status_code == 404


async def test_a_person_sees_and_revokes_their_own_only(client: httpx.AsyncClient) -> None:
    ada, bob = await made(client, user="ada"), await made(client, user="bob")

    [seen] = (await client.get("/api/keys", headers=by(ada))).json()["keys"]
    assert seen["id"] == ada["view"]["id"]
    assert (await client.get("/api/keys?everybody=true", headers=by(ada))).status_code == 403
    assert len((await client.get("/api/keys?everybody=true")).json()["keys"]) == 2
    assert (await client.delete(f"/api/keys/{bob['view']['id']}", headers=by(ada))).status_code == 404
    assert (await client.delete(f"/api/keys/{ada['view']['id']}", headers=by(ada))).status_code == 204


@pytest.mark.parametrize("wished", [{}, {"user": "bob"}, {"scopes": ["admin"]}])
async def test_a_key_makes_no_keys(wished: dict[str, Any], client: httpx.AsyncClient) -> None:
    key = await made(client, user="ada", scopes=["chat", "tools"])

    assert (await client.post("/api/keys", json=wished, headers=by(key))).status_code == 403


@pytest.mark.parametrize(
    ("wished", "status"), [({"user": "bob"}, 403), ({"scopes": ["tools"]}, 403), ({"scopes": ["chat"]}, 201)]
)
async def test_who_signed_in_gives_no_more_than_they_have(
    wished: dict[str, Any], status: int, client: httpx.AsyncClient
) -> None:
    key = await made(client, user="ada", scopes=["chat"])
    client.headers.pop("authorization")
    await client.post("/api/sign-in", json={"token": key["key"]})

    assert (await client.post("/api/keys", json=wished)).status_code == status


async def test_an_admin_s_key_makes_keys(client: httpx.AsyncClient) -> None:
    key = await made(client, user="ada", scopes=["admin"])

    assert (await client.post("/api/keys", json={"user": "bob"}, headers=by(key))).status_code == 201


@pytest.mark.parametrize(
    "odd", [{"scopes": []}, {"scopes": ["fly"]}, {"user": "a/b"}, {"days": 0}, {"name": "a\u0000b"}, {"x": 1}]
)
async def test_an_odd_wish_is_refused(odd: dict[str, Any], client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/keys", json=odd)).status_code == 422
