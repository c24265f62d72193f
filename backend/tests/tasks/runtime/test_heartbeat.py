"""The heartbeat: quiet while all is well, and one interruption when it isn't; test_attempt.py shows it at work."""

import signal
import time
from dataclasses import replace
from threading import Timer

import pytest
from redis import Redis
from tasks.jobs import STARTED

from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.heartbeat import SIGNAL, Heartbeat, Interrupted
from neuroagent.tasks.runtime.turn import Turn


@pytest.fixture
def turn(redis_client: Redis) -> Turn:
    turn = Turn(redis_client, "1", "inbox:test", "w@h", 1.0)
    return replace(turn, attempt=int(turn.claim("q", 3, 0, time.time(), STARTED)))


def test_a_body_in_peace_is_left_in_peace(turn: Turn) -> None:
    with Heartbeat(turn).kept() as heartbeat, heartbeat.interruptible():
        time.sleep(1.5)

    assert heartbeat.reason == ""
    assert turn.renew() == "held"


def test_a_cancel_interrupts_and_says_why(turn: Turn, redis_client: Redis) -> None:
    redis_client.set(Keys("1").cancel, "1")

    with (
        pytest.raises(Interrupted, match="cancelled"),
        Heartbeat(turn).kept() as heartbeat,
        heartbeat.interruptible(),
    ):
        time.sleep(30)


def test_a_cancel_that_came_before_the_body_stops_it_at_its_start(turn: Turn, redis_client: Redis) -> None:
    redis_client.set(Keys("1").cancel, "1")

    with Heartbeat(turn).kept() as heartbeat:
        time.sleep(1.0)
        with pytest.raises(Interrupted, match="cancelled"), heartbeat.interruptible():
            pytest.fail("the body was started")


def test_between_the_body_and_the_ending_nothing_interrupts(turn: Turn, redis_client: Redis) -> None:
    with Heartbeat(turn).kept() as heartbeat:
        with heartbeat.interruptible():
            pass
        redis_client.set(Keys("1").cancel, "1")
        time.sleep(1.0)

    assert heartbeat.reason == "cancelled"


def test_a_body_that_was_cancelled_keeps_its_lease_while_it_tidies_up(turn: Turn, redis_client: Redis) -> None:
    with Heartbeat(turn).kept() as heartbeat:
        Timer(0.2, redis_client.set, (Keys("1").cancel, "1")).start()
        with pytest.raises(Interrupted), heartbeat.interruptible():
            time.sleep(30)
        time.sleep(turn.lease * 2)

        assert redis_client.exists(Keys("1").lease)


def test_after_the_body_nothing_interrupts_any_more(turn: Turn, redis_client: Redis) -> None:
    with Heartbeat(turn).kept() as heartbeat, heartbeat.interruptible():
        pass
    redis_client.set(Keys("1").cancel, "1")
    time.sleep(1.0)
    signal.raise_signal(SIGNAL)

    assert heartbeat.reason == ""


def test_a_redis_that_is_away_for_a_moment_interrupts_nobody(turn: Turn) -> None:
    away = replace(turn, redis=Redis(port=1))

    with Heartbeat(away).kept() as heartbeat, heartbeat.interruptible():
        time.sleep(1.0)

    assert heartbeat.reason == ""
