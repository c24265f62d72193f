"""A real worker: what it serves, what it refuses to start with, and what it says of tasks it can't run."""

import subprocess
import sys
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue
from processes import SOURCES, RedisServer, running, until, worker
from redis import Redis
from tasks.jobs import job

from neuroagent.task_schemas.events import FIELD, Failed, events, stream_key
from neuroagent.task_schemas.jobs import WORKERS_KEY, WorkerBeat, worker_key
from neuroagent.tasks.config import WorkerSettings
from neuroagent.tasks.runtime.worker import create_worker


def beat_of_the_only_worker(redis: Redis) -> WorkerBeat:
    [name] = redis.smembers(WORKERS_KEY)
    return WorkerBeat.model_validate_json(redis.get(worker_key(name.decode())))


def ending(redis: Redis, task_id: str) -> Failed:
    told = [events.validate_json(fields[FIELD.encode()]) for _, fields in redis.xrange(stream_key(task_id))]
    assert isinstance(told[-1], Failed)
    return told[-1]


def test_the_command_as_operators_type_it(redis: RedisServer, redis_client: Redis, tmp_path: Path) -> None:
    with worker(redis, tmp_path, "-Q", "default_q,python_q,circuit_q"):
        assert "default_q" in beat_of_the_only_worker(redis_client).queues
    assert redis_client.smembers(WORKERS_KEY) == set(), "a worker that stops says goodbye"


def test_queues_may_come_from_the_settings(redis: RedisServer, redis_client: Redis, tmp_path: Path) -> None:
    with worker(redis, tmp_path, TASKS_QUEUES="default_q"):
        assert beat_of_the_only_worker(redis_client).queues == ["default_q"]


def test_what_is_meant_for_others_is_left_in_its_queue(redis: RedisServer, redis_client: Redis, tmp_path: Path) -> None:
    redis_client.lpush("nobody_q", "a message")

    with worker(redis, tmp_path, "-Q", "default_q,nobody_q"):
        assert redis_client.lrange("nobody_q", 0, -1) == [b"a message"]


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["-Q", "nobody_q"], {}, "has no task for nobody_q"),
        (
            [],
            {"TASKS_CELERY__WORKER_CONCURRENCY": "many"},
            "TASKS_CELERY__WORKER_CONCURRENCY: a whole number is wanted",
        ),
        ([], {"TASKS_CELERY__WORKER_CONCURENCY": "1"}, "the closest is TASKS_CELERY__WORKER_CONCURRENCY"),
        ([], {"TASKS_REDIS__PROT": "1"}, "the closest is TASKS_REDIS__PORT"),
        ([], {"TASKS_REDIS__PORT": "1 hunter2"}, "TASKS_REDIS__PORT: Input should be a valid integer"),
    ],
)
def test_a_worker_that_can_t_start_says_why(
    arguments: list[str], environment: dict[str, str], said: str, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "neuroagent.tasks.main", "worker", *arguments]
    with running(command, log, tmp_path, environment) as process:
        until(lambda: process.poll() is not None, "the worker gives up")

    assert process.returncode != 0
    assert said in log.read_text()
    assert "Traceback" not in log.read_text()
    assert "hunter2" not in log.read_text()


def test_a_task_of_another_version_fails_with_a_word(redis: RedisServer, redis_client: Redis, tmp_path: Path) -> None:
    url = f"redis://:{redis.password}@127.0.0.1:{redis.port}/0"
    with worker(redis, tmp_path), Connection(url, transport_options={"sep": ":"}) as connection:
        connection.Producer().publish(
            [[job(task_id="9").model_dump(mode="json")], {}, {}],
            routing_key="default_q",
            declare=[Queue("default_q", Exchange(), routing_key="default_q")],
            headers={"task": "of_tomorrow", "id": "9", "lang": "py", "root_id": "9", "retries": 0},
            serializer="json",
        )
        until(lambda: redis_client.exists(stream_key("9")) == 1, "the task has ended")

    assert ending(redis_client, "9").failure.code == "unknown_task"
    assert "of_tomorrow" in ending(redis_client, "9").failure.message


def test_options_given_stand_over_the_rules_and_beside_the_address() -> None:
    given = {
        "worker_concurrency": "3",
        "task_acks_late": "false",
        "broker_transport_options": {"visibility_timeout": 60},
    }

    conf = create_worker(WorkerSettings.model_validate({"celery": given})).conf

    assert (conf.worker_concurrency, conf.task_acks_late) == (3, False)
    assert conf.broker_transport_options["visibility_timeout"] == 60
    assert conf.broker_transport_options["socket_connect_timeout"] == 2.0


def test_the_broker_keeps_no_books_of_what_a_worker_took() -> None:
    assert create_worker(WorkerSettings()).conf.broker_transport_options["ack_emulation"] is False


def test_a_report_of_the_worker_s_settings_shows_no_password(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "neuroagent.tasks.main", "report"],
        env={"PYTHONPATH": str(SOURCES), "TASKS_REDIS__PASSWORD": "hunter2/hunter2", "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "hunter2" not in shown.stdout + shown.stderr


def test_what_jobs_need_is_opened_before_the_first_of_them(redis: RedisServer, tmp_path: Path) -> None:
    with worker(redis, tmp_path, "-Q", "python_q", TASKS_SANDBOX__IMAGE=str(tmp_path / "nothing")) as process:
        log = tmp_path / "worker.log"
        until(lambda: "task.not_ready" in log.read_text(), "the lack of an image is said", process, log)

        assert "./dev sandbox build" in log.read_text()
