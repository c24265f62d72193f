"""A worker's sign of life: there while it consumes, gone when it stops or falls silent."""

from redis import Redis
from tasks.jobs import BEAT

from neuroagent.task_schemas.jobs import SILENT_AFTER, WORKERS_KEY, WorkerBeat, worker_key
from neuroagent.tasks.runtime.beat import STARVING, Appetite, hide, show


def test_a_worker_shows_who_it_is_for_a_while(redis_client: Redis) -> None:
    show(redis_client, "w@h", BEAT)

    assert redis_client.smembers(WORKERS_KEY) == {b"w@h"}
    assert WorkerBeat.model_validate_json(redis_client.get(worker_key("w@h"))) == BEAT
    assert 0 < redis_client.ttl(worker_key("w@h")) <= SILENT_AFTER.total_seconds()


def test_a_worker_that_stops_is_gone_at_once(redis_client: Redis) -> None:
    show(redis_client, "w@h", BEAT)
    hide(redis_client, "w@h")

    assert redis_client.keys("*") == []


def test_a_worker_outlives_a_redis_that_is_away() -> None:
    away = Redis(port=1)

    show(away, "w@h", BEAT)
    hide(away, "w@h")


def test_a_beat_tells_how_much_waits_in_its_queues(redis_client: Redis) -> None:
    redis_client.lpush("default_q", "a", "b")
    redis_client.lpush("another_q", "c")

    assert show(redis_client, "w@h", BEAT) == 2


def test_a_worker_that_leaves_work_lying_gives_up() -> None:
    given_up: list[bool] = []
    appetite = Appetite(lambda: given_up.append(True))

    for _ in range(STARVING - 1):
        appetite.beat(waiting=3, in_hand=0)
    assert not given_up
    appetite.beat(waiting=3, in_hand=0)
    assert given_up


def test_a_worker_that_is_busy_or_has_nothing_to_do_goes_on() -> None:
    appetite = Appetite(lambda: (_ for _ in ()).throw(AssertionError("it gave up")))

    for _ in range(10 * STARVING):
        appetite.beat(waiting=3, in_hand=0)
        appetite.beat(waiting=3, in_hand=1)
        appetite.beat(waiting=0, in_hand=0)
