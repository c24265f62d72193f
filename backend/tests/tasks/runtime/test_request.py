"""What the main process says of a task whose own process can't: it died, or had to be ended."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from tasks.jobs import BEAT, STARTED, job

from neuroagent.task_schemas.contract import Message, Retries, TaskContract
from neuroagent.task_schemas.events import FIELD, Event, Failed, Retrying, events
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.attempt import Desk
from neuroagent.tasks.runtime.request import Watch
from neuroagent.tasks.runtime.task import Fulfilment
from neuroagent.tasks.runtime.turn import Turn


class Nothing(Message):
    pass


CONTRACT = TaskContract("x", "q", Nothing, Nothing, timedelta(seconds=5), "Does nothing.", Retries(attempts=2))
KEYS = Keys("1")


def last(redis: Redis) -> Event:
    [(_, fields)] = redis.xrevrange(KEYS.stream, count=1)
    return events.validate_json(fields[FIELD.encode()])


@pytest.fixture
def turn(redis_client: Redis) -> Turn:
    turn = Turn(redis_client, "1", "inbox:test", "w@h", 10.0)
    return replace(turn, attempt=int(turn.claim("q", 2, 0, time.time(), STARTED)))


@pytest.fixture
def watch(redis_client: Redis) -> Watch:
    return Watch(Fulfilment(CONTRACT, lambda _job, _report: Nothing()), Desk(redis_client, "w@h", BEAT, 10.0))


def test_a_process_that_died_gives_its_task_back_at_once(turn: Turn, watch: Watch, redis_client: Redis) -> None:
    watch.was_lost(job())

    pause = last(redis_client)
    assert isinstance(pause, Retrying)
    assert (pause.pause, pause.failure.code) == (0, "worker_lost")
    assert not redis_client.exists(KEYS.lease)


def test_a_task_that_kills_its_process_each_time_is_dead(turn: Turn, watch: Watch, redis_client: Redis) -> None:
    watch.was_lost(job())
    assert turn.claim("q", 2, 0, time.time(), STARTED) == "2"
    watch.was_lost(job())

    ending = last(redis_client)
    assert isinstance(ending, Failed)
    assert ending.failure.code == "worker_lost"
    assert "died 2 times" in ending.failure.message


def test_a_task_that_is_another_worker_s_by_now_is_left_alone(watch: Watch, redis_client: Redis) -> None:
    redis_client.set(KEYS.lease, "another@h#1")
    redis_client.set(KEYS.attempts, "1")

    watch.was_lost(job())
    watch.was_ended(job())

    assert not redis_client.exists(KEYS.stream)


def test_a_process_that_had_to_be_ended_says_so(turn: Turn, watch: Watch, redis_client: Redis) -> None:
    watch.was_ended(job())

    ending = last(redis_client)
    assert isinstance(ending, Failed)
    assert ending.failure.code == "hard_timeout"
