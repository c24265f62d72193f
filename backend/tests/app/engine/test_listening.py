"""Hearing of a task that somebody else sent; test_client.py has what callers see of it."""

from datetime import timedelta

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, done
from redis import Redis

from neuroagent.app.engine.listening import Listening
from neuroagent.task_schemas.events import Done, Log, Progress, Started
from neuroagent.task_schemas.system import PING, PingInput

SOON = timedelta(seconds=0.05)


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


@pytest.fixture
def there(replica: Engine) -> Listening:
    """Another app process than the one that sends."""
    return Listening(replica.ledger, replica.turns, replica.hub)


async def test_an_end_that_came_before_anybody_listened_is_known(engine: Engine, there: Listening, hand: Hand) -> None:
    row = await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")
    hand.take()[1].end(done(7))

    word = await there.word(row, timedelta(seconds=30))

    assert isinstance(word, Done)
    assert word.output == 7


async def test_patience_ends_without_a_word(engine: Engine, there: Listening) -> None:
    row = await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")

    assert await there.word(row, SOON) is None


async def test_who_runs_it_and_how_far_it_is(engine: Engine, there: Listening, hand: Hand) -> None:
    row = await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")
    assert await there.under_way(row) == (None, None)

    _, turn = hand.take()
    for progress in (Progress(text="begun", fraction=0.1), Progress(text="half", fraction=0.5)):
        turn.tell(progress)

    assert await there.under_way(row) == ("w@h", Progress(text="half", fraction=0.5))


async def test_everything_is_told_from_an_entry_on_and_nothing_twice(
    engine: Engine, there: Listening, hand: Hand
) -> None:
    row = await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")
    _, turn = hand.take()
    turn.tell(Log(text="one"))
    turn.tell(Log(text="two"))
    turn.end(done())

    everything = [pair async for pair in there.told(row, "0")]
    entry = next(entry for entry, event in everything if isinstance(event, Log) and event.text == "one")
    rest = [event async for _, event in there.told(row, str(entry))]

    assert [type(event) for _, event in everything] == [Started, Log, Log, Done]
    assert [type(event) for event in rest] == [Log, Done]
