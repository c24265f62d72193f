"""/api/tasks, without a worker: what is accepted, what is refused and with which words."""

from typing import Any

import httpx
import pytest

from neuroagent.task_schemas import CONTRACTS


async def test_a_task_is_accepted_at_once(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/tasks", json={"name": "ping", "input": {}})

    assert answer.status_code == 202
    task = (await client.get(f"/api/tasks/{answer.json()['id']}?wait=0")).json()
    assert (task["state"], task["name"], task["output"]) == ("queued", "ping", None)
    assert task["trace_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": "pong"}, 404, "There is no task 'pong'; did you mean 'ping'?"),
        ({"name": "x" * 5_000}, 404, "There is no task 'xxx"),
        ({"name": "ping", "input": {"surprise": 1}}, 422, "The input doesn't fit 'ping': surprise"),
        ({"name": "worker_health_check", "input": {"store": "perhaps"}}, 422, "store: Input should be a valid boolean"),
        ({"name": "ping", "inputs": {}}, 422, "inputs"),
        ({"name": "ping", "input": []}, 422, "input"),
        ({}, 422, "name"),
    ],
)
async def test_what_can_t_be_run_is_refused_with_a_hint(
    body: dict[str, Any], status: int, said: str, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/api/tasks", json=body)

    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]
    assert len(answer.text) < 1_000


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "inf", "soon"])
async def test_an_odd_patience_is_refused(wait: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/tasks/1?wait={wait}")).status_code == 422


async def test_an_unknown_task_is_a_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/tasks/unknown?wait=0")).status_code == 404
    assert (await client.get("/api/tasks/unknown/files/x")).status_code == 404


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "..%2F..%2Fsecret_key", "x" * 5_000])
async def test_an_odd_id_is_a_404_too(odd: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/tasks/{odd}?wait=0")).status_code == 404


@pytest.mark.parametrize("odd", ["%00", "%2E%2E", "..%2F..%2Fsecret_key", "a%5Cb", "x" * 5_000])
async def test_an_odd_file_name_reaches_nothing(odd: str, client: httpx.AsyncClient) -> None:
    task_id = (await client.post("/api/tasks", json={"name": "ping"})).json()["id"]

    assert (await client.get(f"/api/tasks/{task_id}/files/{odd}")).status_code in {403, 404}


async def test_a_submission_beyond_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/tasks", json={"name": "ping", "input": {"x": "x" * 5_000_000}})

    assert answer.status_code == 413


async def test_a_file_that_was_not_made_is_a_404(client: httpx.AsyncClient) -> None:
    task_id = (await client.post("/api/tasks", json={"name": "ping"})).json()["id"]

    answer = await client.get(f"/api/tasks/{task_id}/files/report.csv")

    assert answer.status_code == 404
    assert "made no file 'report.csv'" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/tasks"),
        ("GET", "/api/tasks"),
        ("GET", "/api/tasks/1"),
        ("GET", "/api/tasks/1/events"),
        ("POST", "/api/tasks/1/cancel"),
        ("POST", "/api/tasks/1/retry"),
        ("POST", "/api/tasks/1/input"),
        ("GET", "/api/tasks/1/files/x"),
    ],
)
async def test_nobody_gets_in_without_a_token(method: str, path: str, client: httpx.AsyncClient) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic eDp5"}):
        client.headers.pop("authorization", None)
        answer = await client.request(method, path, headers=headers, json={"name": "ping"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_without_redis_a_task_is_refused_and_not_half_started(client_without_redis: httpx.AsyncClient) -> None:
    answer = await client_without_redis.post("/api/tasks", json={"name": "ping"})

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_the_document_has_examples_for_every_body(client: httpx.AsyncClient) -> None:
    schemas = (await client.get("/openapi.json")).json()["components"]["schemas"]

    for name in ("Submission", "Submitted", "TaskState"):
        assert schemas[name]["examples"], name


async def test_every_task_can_be_submitted_by_its_name(client: httpx.AsyncClient) -> None:
    for name, contract in CONTRACTS.items():
        answer = await client.post("/api/tasks", json={"name": name})

        needed = contract.input.model_json_schema().get("required", [])
        assert answer.status_code == (422 if needed else 202), answer.text
        assert all(field in answer.text for field in needed), "what is missing is named"


async def submitted(client: httpx.AsyncClient, **headers: str) -> str:
    answer = await client.post("/api/tasks", json={"name": "ping"}, headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def test_the_same_key_gets_the_same_task(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "order-1001"}

    assert await submitted(client, **key) == await submitted(client, **key) != await submitted(client)
    other = await client.post("/api/tasks", json={"name": "worker_health_check"}, headers=key)
    assert other.status_code == 409
    assert "order-1001" in other.json()["error"]["message"]


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "ü".encode("latin-1").decode("latin-1")])
async def test_an_odd_key_is_refused(key: str, client: httpx.AsyncClient) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1"))]

    assert (await client.post("/api/tasks", json={"name": "ping"}, headers=headers)).status_code == 422


async def test_tasks_are_listed_page_by_page(client: httpx.AsyncClient) -> None:
    ids = [await submitted(client) for _ in range(5)]

    first = (await client.get("/api/tasks?limit=3")).json()
    second = (await client.get("/api/tasks", params={"limit": 3, "before": first["next"]})).json()

    assert [task["id"] for task in first["tasks"] + second["tasks"]] == ids[::-1]
    assert second["next"] is None
    assert (await client.get("/api/tasks?state=dead")).json()["tasks"] == []


@pytest.mark.parametrize("query", ["before=nonsense", "before=2026-01-01~1", "state=odd", "limit=0", "limit=1000"])
async def test_an_odd_page_is_refused(query: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/tasks?{query}")).status_code == 422


async def test_what_is_queued_can_be_cancelled_once(client: httpx.AsyncClient) -> None:
    task_id = await submitted(client)

    assert (await client.post(f"/api/tasks/{task_id}/cancel")).json()["state"] == "cancelled"
    again = await client.post(f"/api/tasks/{task_id}/cancel")
    assert again.status_code == 409
    assert "cancelled" in again.json()["error"]["message"]


async def test_only_what_failed_is_tried_again_and_only_what_waits_is_answered(client: httpx.AsyncClient) -> None:
    task_id = await submitted(client)

    assert (await client.post(f"/api/tasks/{task_id}/retry")).status_code == 409
    assert (await client.post(f"/api/tasks/{task_id}/input", json={"answer": 1})).status_code == 409


async def test_events_of_an_ended_task_are_told_to_their_end(client: httpx.AsyncClient) -> None:
    task_id = await submitted(client)
    await client.post(f"/api/tasks/{task_id}/cancel")

    told = await client.get(f"/api/tasks/{task_id}/events")

    assert told.headers["content-type"].startswith("text/event-stream")
    assert "event: cancelled" in told.text
    cursor = next(line for line in told.text.splitlines() if line.startswith("id: ")).removeprefix("id: ")
    again = await client.get(f"/api/tasks/{task_id}/events", headers={"Last-Event-ID": cursor})
    assert f"id: {cursor}" not in again.text


@pytest.mark.parametrize("cursor", ["$", "1", "1-1; DROP", "9" * 30])
async def test_an_odd_cursor_is_refused(cursor: str, client: httpx.AsyncClient) -> None:
    task_id = await submitted(client)

    assert (await client.get(f"/api/tasks/{task_id}/events", headers={"Last-Event-ID": cursor})).status_code == 422
