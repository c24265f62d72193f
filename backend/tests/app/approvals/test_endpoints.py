"""/api/approvals over HTTP, and a chat whose tool needs a yes; the worker is the test's hand."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from app.conftest import serving
from app.engine.workers_of_tests import Hand, done
from app.tools.test_calling import OUTPUT
from end_to_end.faults.servers import until, until_soon
from processes import RedisServer
from redis import Redis

from neuroagent.config.settings import SettingsError


@pytest.fixture
async def guarded(redis: RedisServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    approvals = {"tools": {"check_worker": "always"}}
    async with serving(redis.port, redis.password, tmp_path, approvals=approvals) as opened:
        yield opened


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


def chunks_of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def post(client: httpx.AsyncClient, message: dict[str, Any]) -> httpx.Response:
    return await client.post("/api/chat", json={"id": "t1", "messages": [message]}, timeout=30)


async def asked(client: httpx.AsyncClient) -> dict[str, Any]:
    message = {"role": "user", "parts": [{"type": "text", "text": "/check_worker"}]}
    chunks = chunks_of(await post(client, message))
    assert [chunk["type"] for chunk in chunks[-3:]] == ["tool-approval-request", "finish-step", "finish"]
    [waiting] = (await client.get("/api/approvals", params={"state": "pending"})).json()["approvals"]
    assert waiting["id"] == chunks[-3]["approvalId"]
    return dict(waiting) | {"message": chunks[0]["messageId"]}


async def decide(client: httpx.AsyncClient, waiting: dict[str, Any], **decision: Any) -> httpx.Response:
    return await client.post(f"/api/approvals/{waiting['id']}", json=decision)


def response(waiting: dict[str, Any], *, approved: bool) -> dict[str, Any]:
    """The assistant's message as an AI SDK client sends it back."""
    part = {
        "type": f"tool-{waiting['tool']}",
        "toolCallId": waiting["tool_call"],
        "state": "approval-responded",
        "input": waiting["arguments"],
        "approval": {"id": waiting["id"], "approved": approved, "reason": "because"},
    }
    return {"id": waiting["message"], "role": "assistant", "parts": [{"type": "step-start"}, part]}


async def fulfil(hand: Hand) -> dict[str, Any]:
    await until(lambda: bool(hand.waiting()), "the worker has a job")
    job, turn = hand.take()
    turn.end(done(OUTPUT))
    given: Any = job.input
    return dict(given)


async def test_an_ai_sdk_client_says_yes_and_the_same_message_goes_on(guarded: httpx.AsyncClient, hand: Hand) -> None:
    waiting = await asked(guarded)

    going_on = asyncio.create_task(post(guarded, response(waiting, approved=True)))
    await fulfil(hand)

    chunks = chunks_of(await going_on)
    types = [chunk["type"] for chunk in chunks]
    assert (types[0], chunks[0]["messageId"]) == ("start", waiting["message"])
    assert "tool-output-available" in types
    assert {"tool-input-start", "tool-approval-request"}.isdisjoint(types)
    assert types[-1] == "finish"
    assert (await post(guarded, response(waiting, approved=True))).status_code == 409


async def test_an_ai_sdk_client_says_no(guarded: httpx.AsyncClient, hand: Hand) -> None:
    waiting = await asked(guarded)

    chunks = chunks_of(await post(guarded, response(waiting, approved=False)))

    [denied] = [chunk for chunk in chunks if chunk["type"] == "tool-output-denied"]
    assert denied["toolCallId"] == waiting["tool_call"]
    assert "because" in denied["reason"]
    assert hand.waiting() == 0


async def test_a_forged_answer_lets_nothing_go_on(guarded: httpx.AsyncClient, hand: Hand) -> None:
    waiting = await asked(guarded)
    forged = response(waiting | {"id": "made-up"}, approved=True)
    other_arguments = response(waiting | {"arguments": {"store": True}}, approved=True)
    nonsense = response(waiting, approved=True)
    nonsense["parts"][1]["approval"] = {"approved": True}

    assert (await post(guarded, forged)).status_code == 404
    assert (await post(guarded, other_arguments)).status_code == 409
    assert (await post(guarded, nonsense)).status_code == 422

    [run] = (await guarded.get("/api/threads/t1")).json()["runs"]
    assert (run["state"], hand.waiting()) == ("waiting", 0)


async def test_who_comes_back_sees_the_question_again(guarded: httpx.AsyncClient, redis_client: Redis) -> None:
    waiting = await asked(guarded)
    redis_client.flushall()

    chunks = chunks_of(await guarded.get("/api/chat/t1/stream"))

    assert chunks[0]["messageId"] == waiting["message"]
    assert [chunk["type"] for chunk in chunks[-3:]] == ["tool-approval-request", "finish-step", "finish"]


async def test_the_inbox_answers_with_other_arguments_and_the_stream_goes_on(
    guarded: httpx.AsyncClient, hand: Hand
) -> None:
    waiting = await asked(guarded)

    decided = await decide(guarded, waiting, decision="approve", arguments={"store": True}, digest=waiting["digest"])
    reading = asyncio.create_task(guarded.get("/api/chat/t1/stream", timeout=30))
    job = await fulfil(hand)

    assert decided.status_code == 200, decided.text
    assert (decided.json()["state"], decided.json()["edited"]) == ("approved", {"store": True})
    assert job["store"] is True
    chunks = chunks_of(await reading)
    inputs = [chunk["input"] for chunk in chunks if chunk["type"] == "tool-input-available"]
    assert (inputs[-1], chunks[-1]["type"]) == ({"store": True}, "finish")


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        ({"decision": "approve", "arguments": {"shop": 1}}, 422),
        ({"decision": "approve", "digest": "0" * 64}, 409),
        ({"decision": "deny", "arguments": {}}, 422),
        ({"decision": "deny", "scope": "thread"}, 422),
        ({"decision": "deny", "reason": "\x00"}, 422),
        ({"decision": "perhaps"}, 422),
        ({}, 422),
    ],
)
async def test_an_answer_that_fits_nothing_decides_nothing(
    decision: dict[str, Any], status: int, guarded: httpx.AsyncClient
) -> None:
    waiting = await asked(guarded)

    assert (await decide(guarded, waiting, **decision)).status_code == status

    assert (await guarded.get(f"/api/approvals/{waiting['id']}")).json()["state"] == "pending"


async def test_of_two_answers_at_once_the_second_is_a_409(guarded: httpx.AsyncClient) -> None:
    waiting = await asked(guarded)

    answers = await asyncio.gather(*(decide(guarded, waiting, decision="deny") for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    [kept] = (await guarded.get("/api/approvals", params={"state": "denied"})).json()["approvals"]
    assert (kept["id"], kept["decided_by"]) == (waiting["id"], "local")


async def test_what_waits_can_be_stopped(guarded: httpx.AsyncClient) -> None:
    waiting = await asked(guarded)

    assert (await guarded.post("/api/chat/t1/stop", json={"run": waiting["run"]})).status_code == 202

    async def idle() -> bool:
        return bool((await guarded.get("/api/threads/t1")).json()["runs"] == [])

    await until_soon(idle, "nothing is answered any more")
    [_, answer] = (await guarded.get("/api/threads/t1/messages")).json()["messages"]
    assert answer["state"] == "stopped"
    assert (await decide(guarded, waiting, decision="approve")).status_code == 409


async def test_what_isn_t_there_or_yours_is_a_404(guarded: httpx.AsyncClient) -> None:
    for approval_id in ("x", "%00", "6f1d7a52-9f0c-4d52-9b80-0d6f1f9f2b11"):
        assert (await guarded.get(f"/api/approvals/{approval_id}")).status_code == 404
        assert (await guarded.post(f"/api/approvals/{approval_id}", json={"decision": "deny"})).status_code == 404


async def test_pages_and_strangers(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.get("/api/approvals", params={"before": "x"})).status_code == 422
    guarded.headers.pop("authorization")
    for method, path in (("GET", "/api/approvals"), ("GET", "/api/approvals/x"), ("POST", "/api/approvals/x")):
        assert (await guarded.request(method, path, json={})).status_code == 401


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ({"fly": "always"}, "there is no tool 'fly'"),
        ({"check_worker": {"argument": "shop", "like": ["*"]}}, "takes no argument 'shop'"),
    ],
)
async def test_a_policy_that_protects_nothing_stops_the_app(tools: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said):
        await serving(1, "x", tmp_path, approvals={"tools": tools}).__aenter__()
