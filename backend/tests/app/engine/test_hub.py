"""The hub: one connection, any number of waits, and no wake-up lost."""

import asyncio

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, done, now
from redis import Redis

from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Log, Retrying
from neuroagent.task_schemas.system import PING, PingInput
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.turn import Turn


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


def a_turn(hand: Hand, task_id: str, inbox: str) -> Turn:
    return Turn(hand.redis, task_id, inbox, "w@h", 30.0)


async def test_a_thousand_waits_share_one_connection(engine: Engine, hand: Hand) -> None:
    before = len(hand.redis.client_list())

    async def wait(number: int) -> str:
        with engine.hub.expecting(f"{number:x}") as word:
            return (await asyncio.wait_for(word, 30)).type

    waits = [asyncio.create_task(wait(number)) for number in range(1_000)]
    await asyncio.sleep(0.2)
    assert len(hand.redis.client_list()) <= before + 2

    for number in range(1_000):
        a_turn(hand, f"{number:x}", engine.hub.inbox).end(done(number))
    assert set(await asyncio.gather(*waits)) == {"done"}


async def test_nobody_is_woken_by_an_attempt_that_is_tried_again(engine: Engine, hand: Hand) -> None:
    failure = Failure(code="retryable", message="later")
    with engine.hub.expecting("1") as word:
        a_turn(hand, "1", engine.hub.inbox).pause(Retrying(at=now(), attempt=1, pause=1, failure=failure))
        await asyncio.sleep(0.2)
        assert not word.done()


async def test_who_follows_is_told_what_others_wait_for_the_end_of(engine: Engine, hand: Hand) -> None:
    await engine.turns.watch("1", engine.hub.inbox)
    with engine.hub.following("1") as told:
        a_turn(hand, "1", engine.hub.inbox).tell(Log(text="a line"))
        _, event = await asyncio.wait_for(told.get(), 10)

    assert event == Log(text="a line")


async def test_nothing_is_kept_of_those_who_left(engine: Engine) -> None:
    with engine.hub.expecting("1"), engine.hub.following("1"):
        pass

    assert engine.hub._waiters == {}
    assert engine.hub._followers == {}


async def test_it_hears_again_after_its_connection_was_killed(engine: Engine, hand: Hand) -> None:
    with engine.hub.expecting("1") as word:
        hand.redis.client_kill_filter(_type="normal", skipme=True)
        a_turn(hand, "1", engine.hub.inbox).end(done())
        assert (await asyncio.wait_for(word, 20)).type == "done"


async def test_what_it_hears_is_written_into_the_ledger(engine: Engine, hand: Hand) -> None:
    row = await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")
    hand.take()[1].end(done(9))

    async with asyncio.timeout(30):
        while (kept := await engine.ledger.find(row.id)) is None or kept.state != "done":  # noqa: ASYNC110 - the hub does
            await asyncio.sleep(0.01)
    assert kept.output == 9


async def test_the_inbox_of_a_dead_process_does_not_stay_for_ever(hand: Hand) -> None:
    a_turn(hand, "1", "inbox:dead").end(done())

    assert 0 < hand.redis.ttl("inbox:dead") <= 86_400
    assert hand.redis.exists(Keys("1").final)
