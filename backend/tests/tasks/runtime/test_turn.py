"""A worker's turn: taken by one, kept by its heartbeat, closed once."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from time import sleep

import pytest
from redis import Redis
from tasks.jobs import STARTED

from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import FIELD, Cancelled, Done, Event, Log, Retrying, Started, events
from neuroagent.task_schemas.turns import KEPT_SECONDS, LONGEST_STREAM, Keys
from neuroagent.tasks.runtime.turn import Turn

NOW = datetime.now(UTC)
KEYS = Keys("1")
INBOX = "inbox:test"
DONE = Done(at=NOW, output=42, attempt=1)
RETRYING = Retrying(at=NOW, attempt=1, pause=1, failure=Failure(code="retryable", message="later"))


@pytest.fixture
def unclaimed(redis_client: Redis) -> Turn:
    return Turn(redis_client, "1", INBOX, "w@h", lease=5.0)


def claim(turn: Turn, most: int = 3, known: int = 0) -> str:
    return turn.claim("q", most, known, time.time(), STARTED)


@pytest.fixture
def turn(unclaimed: Turn) -> Turn:
    assert claim(unclaimed) == "1"
    return replace(unclaimed, attempt=1)


def told(redis: Redis, stream: str = KEYS.stream) -> list[Event]:
    """But for the news that it has started."""
    everything = [events.validate_json(fields[FIELD.encode()]) for _, fields in redis.xrange(stream)]
    return [event for event in everything if not isinstance(event, Started)]


def test_a_task_is_claimed_once(turn: Turn) -> None:
    assert claim(replace(turn, worker="another@h", attempt=0)) == "held"


def test_the_claim_tells_that_it_has_started_and_which_attempt_it_is(unclaimed: Turn, redis_client: Redis) -> None:
    redis_client.sadd(KEYS.watchers, "inbox:watcher")
    claim(unclaimed, known=1)

    for stream in (KEYS.stream, "inbox:watcher"):
        [(_, fields)] = redis_client.xrange(stream)
        assert events.validate_json(fields[b"event"]) == STARTED.model_copy(update={"attempt": 2})


def test_what_has_ended_is_not_claimed(turn: Turn) -> None:
    assert turn.end(DONE) == "told"
    assert claim(replace(turn, attempt=0)) == "ended"


def test_what_was_cancelled_is_not_claimed(unclaimed: Turn, redis_client: Redis) -> None:
    redis_client.set(KEYS.cancel, "1")

    assert claim(unclaimed) == "cancelled"
    assert unclaimed.end(Cancelled(at=NOW)) == "told"


def test_attempts_are_counted_until_it_is_dead(unclaimed: Turn, redis_client: Redis) -> None:
    for number in (1, 2, 3):
        assert claim(unclaimed) == str(number)
        redis_client.delete(KEYS.lease)  # as its expiry would

    assert claim(unclaimed) == "dead"
    assert unclaimed.end(DONE) == "told", "whoever finds it dead may end it"


def test_attempts_that_only_the_ledger_remembers_count(unclaimed: Turn) -> None:
    assert claim(unclaimed, most=3, known=2) == "3"


def test_the_queue_s_mark_goes_forward_only(unclaimed: Turn, redis_client: Redis) -> None:
    now = time.time()
    unclaimed.claim("q", 3, 0, now, STARTED)
    replace(unclaimed, task_id="2").claim("q", 3, 0, now - 6.5, STARTED)

    assert float(redis_client.get("queue:q:mark")) == pytest.approx(now)


def test_a_message_older_than_what_redis_remembers_is_not_claimed_and_its_queue_has_passed_it(
    unclaimed: Turn, redis_client: Redis
) -> None:
    long_ago = time.time() - KEPT_SECONDS - 60

    assert unclaimed.claim("q", 3, 0, long_ago, STARTED) == "stale"

    assert not redis_client.exists(KEYS.attempts, KEYS.lease)
    assert float(redis_client.get("queue:q:mark")) == pytest.approx(long_ago)


def test_the_first_ending_wins_and_is_told_to_stream_and_inbox(turn: Turn, redis_client: Redis) -> None:
    assert turn.end(DONE) == "told"
    assert turn.end(Cancelled(at=NOW)) == "ended"
    assert told(redis_client) == told(redis_client, INBOX) == [DONE]
    assert not redis_client.exists(KEYS.lease)


def test_after_a_wipe_and_the_ending_a_late_heartbeat_takes_no_lease(turn: Turn, redis_client: Redis) -> None:
    redis_client.flushall()
    assert turn.end(DONE) == "told"

    assert turn.renew() == "lost"

    assert not redis_client.exists(KEYS.lease)


def test_a_late_answer_is_refused(turn: Turn, redis_client: Redis) -> None:
    redis_client.delete(KEYS.lease)  # as its expiry would

    assert turn.end(DONE) == "lost"
    assert claim(replace(turn, worker="another@h", attempt=0)) == "2"
    assert turn.end(DONE) == "lost"
    assert turn.renew() == "lost"
    assert told(redis_client) == []


def test_after_a_wipe_the_holder_takes_its_lease_back(turn: Turn, redis_client: Redis) -> None:
    redis_client.flushall()

    assert turn.renew() == "held"
    assert claim(replace(turn, worker="another@h", attempt=0)) == "held"
    assert turn.end(DONE) == "told"


def test_an_answer_right_after_a_wipe_counts(turn: Turn, redis_client: Redis) -> None:
    redis_client.flushall()

    assert turn.end(DONE) == "told"


def test_a_lease_runs_out_unless_it_is_renewed(unclaimed: Turn) -> None:
    short = replace(unclaimed, lease=0.6)
    assert claim(short) == "1"
    for _ in range(4):
        sleep(0.3)
        assert replace(short, attempt=1).renew() == "held"
    sleep(1.0)

    assert replace(short, attempt=1).renew() == "lost"


def test_a_cancel_is_heard_with_the_heartbeat_and_is_final(turn: Turn, redis_client: Redis) -> None:
    redis_client.set(KEYS.cancel, "1")

    assert turn.renew() == "cancelled"
    assert turn.end(DONE) == "told"
    assert isinstance(told(redis_client)[-1], Cancelled), "an answer after a cancel is none"


def test_a_pause_gives_the_lease_back_and_is_kept_until_the_next_claim(turn: Turn, redis_client: Redis) -> None:
    assert turn.pause(RETRYING) == "paused"

    assert told(redis_client) == told(redis_client, INBOX) == [RETRYING]
    assert redis_client.exists(KEYS.pause)
    assert claim(replace(turn, attempt=0)) == "2"
    assert not redis_client.exists(KEYS.pause)


def test_whoever_watches_is_told_everything(turn: Turn, redis_client: Redis) -> None:
    redis_client.sadd(KEYS.watchers, "inbox:watcher")

    turn.tell(Log(text="a line"))
    turn.end(DONE)

    assert told(redis_client, "inbox:watcher") == [Log(text="a line"), DONE]


def test_after_the_ending_nothing_is_told(turn: Turn, redis_client: Redis) -> None:
    turn.end(DONE)
    turn.tell(Log(text="awake again"))

    assert told(redis_client) == [DONE]


def test_a_body_that_lost_its_turn_tells_nothing(turn: Turn, redis_client: Redis) -> None:
    redis_client.delete(KEYS.lease)  # as its expiry would
    turn.tell(Log(text="awake again"))

    assert told(redis_client) == []


def test_a_body_does_not_fail_because_redis_is_away() -> None:
    Turn(Redis(port=1), "1", INBOX, "w@h", 1.0, attempt=1).tell(Log(text="nobody hears"))


def test_a_chatty_body_does_not_fill_redis(turn: Turn, redis_client: Redis) -> None:
    for number in range(LONGEST_STREAM + 500):
        turn.tell(Log(text=str(number)))

    assert redis_client.xlen(KEYS.stream) <= LONGEST_STREAM + 200


def test_what_redis_knows_is_forgotten_after_a_day(turn: Turn, redis_client: Redis) -> None:
    turn.tell(Log(text="x"))
    turn.end(DONE)

    for key in redis_client.keys("*"):
        assert 0 < redis_client.ttl(key) <= 86_400, key
