"""The walking path with real processes: an app, a worker, Redis and a store, as an operator starts them."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest
from databases import Postgres
from processes import RedisServer, app, redis_server, running, until, worker
from s3_server import S3Server, s3_server

pytestmark = pytest.mark.xdist_group("walking path")  # one system serves them all


@dataclass(frozen=True)
class System:
    client: httpx.Client
    redis: RedisServer
    folder: Path

    def run(self, name: str, **given: Any) -> dict[str, Any]:
        submitted = self.client.post("/api/tasks", json={"name": name, "input": given})
        assert submitted.status_code == 202, submitted.text
        answer: dict[str, Any] = self.client.get(f"/api/tasks/{submitted.json()['id']}?wait=30").json()
        return answer


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("a system")
    with redis_server(folder / "redis") as redis, worker(redis, folder), app(redis, folder) as client:
        yield System(client, redis, folder)


def test_a_ping_is_answered_by_a_worker(system: System) -> None:
    task = system.run("ping")

    assert (task["state"], task["celery_state"]) == ("done", "SUCCESS")
    assert task["output"]["pong"] is True


def test_the_system_is_ready(system: System) -> None:
    assert system.client.get("/readyz").json()["ready"] is True


def test_a_worker_stores_a_file_that_its_owner_fetches_and_another_task_reads(system: System) -> None:
    made = system.run("worker_health_check", store=True)

    stored = made["output"]["stored"]
    fetched = system.client.get(f"/api/tasks/{made['id']}/files/{stored['name']}", follow_redirects=True)
    assert fetched.text.startswith("stored by celery@")
    assert fetched.headers["content-disposition"].startswith("attachment")
    read = system.run("worker_health_check", fetch=stored)
    assert read["output"]["fetched_bytes"] == stored["size"] == len(fetched.content)


def test_a_file_that_was_changed_on_its_way_is_not_used(system: System) -> None:
    made = system.run("worker_health_check", store=True)
    stored = made["output"]["stored"]
    [file] = (system.folder / "data" / "files").rglob(f"{made['id']}/**/probe.txt*")
    file.write_text("changed behind our back")

    assert system.run("worker_health_check", fetch=stored)["state"] == "failed"


def test_one_trace_id_runs_from_the_request_to_the_worker_s_log(system: System) -> None:
    submitted = system.client.post("/api/tasks", json={"name": "ping"}, headers={"x-request-id": "follow-me-1"})
    system.client.get(f"/api/tasks/{submitted.json()['id']}?wait=30")

    def traced(log: str) -> list[str]:
        lines = [json.loads(line) for line in (system.folder / log).read_text().splitlines() if line.startswith("{")]
        return [line["event"] for line in lines if line.get("trace_id") == "follow-me-1"]

    until(lambda: "task.attempt_over" in traced("worker.log"), "the worker logs the end")
    assert {"task.submitted", "http.request"} <= set(traced("app.log"))


def test_no_secret_is_in_any_log(system: System) -> None:
    system.run("worker_health_check", store=True)
    token = system.client.headers["authorization"].removeprefix("Bearer ")
    made = (system.folder / "data" / "secret_key").read_text().strip()

    for log in ("app.log", "worker.log"):
        text = (system.folder / log).read_text()
        assert [secret for secret in (token, made, system.redis.password) if secret in text] == []
        assert "signature" not in text, "a signed link is a permission"


def test_the_same_on_postgresql_and_s3(postgres: Postgres, tmp_path: Path) -> None:
    with (
        redis_server(tmp_path / "redis") as redis,
        s3_server() as s3,
        worker(redis, tmp_path),
        app(redis, tmp_path, NEUROAGENT_DATABASE__URL=postgres.new_database(), **in_s3(s3)) as client,
    ):
        system = System(client, redis, tmp_path)
        made = system.run("worker_health_check", store=True)
        read = system.run("worker_health_check", fetch=made["output"]["stored"])
        link = client.get(f"/api/tasks/{made['id']}/files/probe.txt").headers["location"]

    assert read["output"]["fetched_bytes"] == made["output"]["stored"]["size"]
    assert link.startswith(f"{s3.url}/{s3.bucket}/"), "a browser gets the file from the store itself"
    assert not (tmp_path / "data" / "neuroagent.db").exists()


def in_s3(s3: S3Server) -> dict[str, str]:
    """Storage in the bucket, for the app alone: the worker gets nothing of this."""
    return {
        "NEUROAGENT_STORAGE__BACKEND": "s3",
        "NEUROAGENT_STORAGE__PUBLIC_URL": s3.url,
        "NEUROAGENT_STORAGE__S3__ENDPOINT_URL": s3.url,
        "NEUROAGENT_STORAGE__S3__BUCKET": s3.bucket,
        "NEUROAGENT_STORAGE__S3__REGION": s3.region,
        "NEUROAGENT_STORAGE__S3__ACCESS_KEY_ID": s3.access_key,
        "NEUROAGENT_STORAGE__S3__SECRET_ACCESS_KEY": s3.secret_key,
    }


def test_a_job_whose_links_ran_out_while_it_waited_gets_new_ones(tmp_path: Path) -> None:
    short = {"NEUROAGENT_STORAGE__LINK_LIFETIME": "PT5S"}
    with redis_server(tmp_path / "redis") as redis, app(redis, tmp_path, **short) as client:
        given = {"name": "worker_health_check", "input": {"store": True}}
        task_id = client.post("/api/tasks", json=given).json()["id"]
        sleep(6)
        with worker(redis, tmp_path):
            task = client.get(f"/api/tasks/{task_id}?wait=30").json()

    assert task["state"] == "done", task["failure"]
    assert task["output"]["stored"]["name"] == "probe.txt"


def test_an_answer_outlives_the_app(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as redis, worker(redis, tmp_path):
        with app(redis, tmp_path) as client:
            headers = client.headers
            task_id = client.post("/api/tasks", json={"name": "ping"}).json()["id"]
        token = headers["authorization"].removeprefix("Bearer ")
        with app(redis, tmp_path, NEUROAGENT_AUTH__TOKEN=token) as client:
            assert client.get(f"/api/tasks/{task_id}?wait=30").json()["output"]["pong"] is True


def test_a_worker_that_was_killed_is_missed_and_welcomed_back(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as redis, app(redis, tmp_path) as client:
        with worker(redis, tmp_path) as process:
            assert client.get("/readyz").status_code == 200
            os.killpg(process.pid, signal.SIGKILL)
            until(lambda: client.get("/readyz").status_code == 503, "the dead worker is missed")
        with worker(redis, tmp_path):
            assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"NEUROAGENT_REDIS__PORT": "many"}, "NEUROAGENT_REDIS__PORT: Input should be a valid integer"),
        ({"NEUROAGENT_AUTH__TOKN": "x"}, "the closest is NEUROAGENT_AUTH__TOKEN"),
        ({"NEUROAGENT_DATABASE__URL": "mysql://u:hunter2@h/d"}, "NEUROAGENT_DATABASE__URL"),
    ],
)
def test_an_app_that_can_t_start_says_why(environment: dict[str, str], said: str, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    command = [sys.executable, "-m", "uvicorn", "neuroagent.app.main:app", "--port", "0"]
    with running(command, log, tmp_path, environment) as process:
        until(lambda: process.poll() is not None, "the app gives up")

    assert process.returncode != 0
    assert said in log.read_text()
    assert "Traceback" not in log.read_text()
    assert "hunter2" not in log.read_text()
