"""/api/threads/{id}/files over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest
from app.chat.test_endpoints import told
from app.conftest import serving
from app.engine.workers_of_tests import Hand
from end_to_end.faults.servers import until
from processes import RedisServer
from redis import Redis

from neuroagent.task_schemas.python import RUN_PYTHON

CSV = b"layer,count\n5,120\n"


async def thread(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/threads", json={})).json()["id"])


async def put(
    client: httpx.AsyncClient, thread_id: str, name: str = "cells.csv", content: bytes = CSV
) -> httpx.Response:
    return await client.post(f"/api/threads/{thread_id}/files", files={"file": (name, content)})


async def test_a_file_is_put_in_listed_fetched_and_deleted(client: httpx.AsyncClient) -> None:
    one = await thread(client)

    made = await put(client, one)

    assert made.status_code == 201, made.text
    file = made.json()
    assert (file["kind"], file["name"], file["media_type"], file["size"]) == ("upload", "cells.csv", "text/csv", 18)
    assert (await client.get(f"/api/threads/{one}/files")).json()["files"] == [file]
    link = await client.get(f"/api/threads/{one}/files/{file['id']}")
    assert link.status_code == 307
    fetched = await client.get(httpx.URL(link.headers["location"]).raw_path.decode())
    assert fetched.content == CSV
    assert fetched.headers["content-disposition"].startswith('attachment; filename="cells.csv"')
    assert fetched.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (await client.delete(f"/api/threads/{one}/files/{file['id']}")).status_code == 204
    assert (await client.get(f"/api/threads/{one}/files")).json()["files"] == []


async def test_a_script_of_the_thread_finds_it_at_hand(client: httpx.AsyncClient, redis_client: Redis) -> None:
    await client.post("/api/chat", json={"id": "t1", "messages": [say("hello")]})
    file = (await put(client, "t1")).json()
    asking = asyncio.create_task(told(client, "/python open('cells.csv').read()"))
    hand = Hand(redis_client)
    await until(lambda: bool(hand.waiting("python_q")), "the worker has a job")

    job, _ = hand.take("python_q")

    assert [one.name for one in RUN_PYTHON.decode(job.input).files] == ["cells.csv"]
    [grant] = job.downloads.values()
    assert grant.file.sha256 == file["sha256"]
    await client.post("/api/chat/t1/stop", json={})
    await asking


def say(text: str) -> dict[str, Any]:
    return {"role": "user", "parts": [{"type": "text", "text": text}]}


async def test_so_does_a_script_that_is_run_without_a_model(client: httpx.AsyncClient, redis_client: Redis) -> None:
    one = await thread(client)
    await put(client, one)

    call = {"arguments": {"python_script": "1"}, "thread": one}
    answer = await client.post("/api/tools/run_python/run?wait=0", json=call)

    assert answer.status_code == 200, answer.text
    job, _ = Hand(redis_client).take("python_q")
    assert [one.name for one in RUN_PYTHON.decode(job.input).files] == ["cells.csv"]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("a.exe", b"MZ", 415), ("a.png", b"<svg>", 415), ("a.csv", b"", 400), ("a.csv", b"x" * 2_000, 413)],
)
async def test_what_isn_t_taken_leaves_nothing(
    name: str, content: bytes, status: int, redis: RedisServer, tmp_path: Any
) -> None:
    limits = {"files": {"file_bytes": 1_000}}
    async with serving(redis.port, redis.password, tmp_path, chat=limits) as client:
        one = await thread(client)

        answer = await put(client, one, name, content)

        assert answer.status_code == status, answer.text
        assert (await client.get(f"/api/threads/{one}/files")).json()["files"] == []
        assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_a_full_thread_says_so(redis: RedisServer, tmp_path: Any) -> None:
    async with serving(redis.port, redis.password, tmp_path, chat={"files": {"most": 1}}) as client:
        one = await thread(client)
        await put(client, one)

        answer = await put(client, one)

        assert answer.status_code == 409
        assert "1 files" in answer.json()["error"]["message"]
        assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


async def test_a_body_that_is_no_form_is_refused(client: httpx.AsyncClient) -> None:
    one = await thread(client)

    assert (await client.post(f"/api/threads/{one}/files", content=b"x")).status_code == 400
    assert (await client.post(f"/api/threads/{one}/files", data={"a": "b"}, files={"x": b"y"})).status_code == 400
