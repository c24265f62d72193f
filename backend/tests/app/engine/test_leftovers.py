"""What a dead worker left with the broker goes when its task has ended, and not before."""

from collections.abc import Iterator

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, done
from kombu import Connection, Exchange, Queue
from kombu.transport.redis import Channel
from processes import RedisServer
from redis import Redis

from neuroagent.app.engine import leftovers
from neuroagent.app.engine.leftovers import TAKEN, TAKEN_AT, Leftovers
from neuroagent.task_schemas.system import PING, QUEUE, PingInput
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.turn import Turn


@pytest.fixture
def broker(redis: RedisServer) -> Iterator[Connection]:
    """As a worker is connected."""
    url = f"redis://:{redis.password}@127.0.0.1:{redis.port}/0"
    with Connection(url, transport_options={"sep": ":"}) as connection:
        yield connection


@pytest.fixture
def swept(engine: Engine) -> Leftovers:
    return Leftovers(engine.ledger, engine.turns, young=0)


def take(broker: Connection) -> None:
    """A worker takes a message, and dies with it."""
    queue = Queue(QUEUE, Exchange(), routing_key=QUEUE)
    assert queue(broker.channel()).get(no_ack=False) is not None


def taken(redis: Redis) -> tuple[int, int]:
    return redis.hlen(TAKEN), redis.zcard(TAKEN_AT)


async def submit(engine: Engine) -> str:
    return (await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")).id


def test_the_names_are_those_of_kombu() -> None:
    assert (Channel.unacked_key, Channel.unacked_index_key) == (TAKEN, TAKEN_AT)


async def test_a_message_of_an_ended_task_goes(
    engine: Engine, swept: Leftovers, broker: Connection, redis_client: Redis
) -> None:
    task_id = await submit(engine)
    take(broker)
    Turn(redis_client, task_id, engine.hub.inbox, "another", 10.0).end(done())

    await swept.clear()

    assert taken(redis_client) == (0, 0)


async def test_a_message_of_a_task_that_goes_on_stays_and_is_read_once(
    engine: Engine, swept: Leftovers, broker: Connection, redis_client: Redis
) -> None:
    task_id = await submit(engine)
    take(broker)
    await swept.clear()
    assert taken(redis_client) == (1, 1)
    assert [*swept._task_of.values()] == [task_id]

    Turn(redis_client, task_id, engine.hub.inbox, "another", 10.0).end(done())
    await swept.clear()
    await swept.clear()

    assert taken(redis_client) == (0, 0)
    assert not swept._task_of


async def test_when_redis_has_forgotten_the_ending_the_ledger_tells(
    engine: Engine, swept: Leftovers, broker: Connection, redis_client: Redis
) -> None:
    task_id = await submit(engine)
    take(broker)
    await engine.ledger.apply([(task_id, done())])
    assert not redis_client.exists(Keys(task_id).final)

    await swept.clear()

    assert taken(redis_client) == (0, 0)


async def test_what_was_taken_just_now_is_left_alone(engine: Engine, broker: Connection, redis_client: Redis) -> None:
    task_id = await submit(engine)
    take(broker)
    Turn(redis_client, task_id, engine.hub.inbox, "another", 10.0).end(done())

    await Leftovers(engine.ledger, engine.turns, young=60).clear()

    assert taken(redis_client) == (1, 1)


@pytest.mark.parametrize("strange", ["nonsense", "[]", "[{}]", "[[1]]", '[{"headers": {"id": "unknown"}}]'])
async def test_what_is_not_ours_stays(strange: str, swept: Leftovers, redis_client: Redis) -> None:
    redis_client.hset(TAKEN, "tag", strange)
    redis_client.zadd(TAKEN_AT, {"tag": 1.0, "without a message": 1.0})

    await swept.clear()

    assert taken(redis_client) == (1, 2)


async def test_there_may_be_many(engine: Engine, swept: Leftovers, broker: Connection, redis_client: Redis) -> None:
    hand, many = Hand(redis_client), 2 * leftovers.PAGE + 1
    for _ in range(many):
        task_id = await submit(engine)
        take(broker)
        Turn(redis_client, task_id, engine.hub.inbox, "another", 10.0).end(done())
    assert taken(redis_client) == (many, many)

    await swept.clear()

    assert taken(redis_client) == (0, 0)
    assert hand.waiting() == 0
