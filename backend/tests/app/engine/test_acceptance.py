"""What is refused never runs, and what is accepted runs once, whoever asks again."""

import asyncio
from datetime import timedelta

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, done
from redis import Redis

from neuroagent.app.engine.client import Tasks, TaskView
from neuroagent.app.engine.ledger import Filter
from neuroagent.app.engine.reconciler import ON_ITS_WAY, YOUNG
from neuroagent.app.engine.rows import is_withdrawn, withdrawal
from neuroagent.app.errors import Unavailable
from neuroagent.task_schemas.system import PING, PingInput


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


async def submit(tasks: Tasks, key: str | None = None) -> str:
    return (await tasks.submit(PING, PingInput(), owner="ann", trace_id="t", key=key)).id


async def look(tasks: Tasks, task_id: str, seconds: float) -> TaskView:
    return await tasks.look(task_id, owner="ann", patience=timedelta(seconds=seconds))


async def test_what_is_refused_never_runs(tasks: Tasks, away: Tasks, engine: Engine, hand: Hand) -> None:
    with pytest.raises(Unavailable, match="nothing was started, and nothing will be"):
        await submit(away)

    [row] = await tasks.ledger.page("ann", Filter())
    assert (row.state, is_withdrawn(row)) == ("failed", True)
    await asyncio.sleep(YOUNG + 0.1)
    await engine.reconciler.pass_once()
    assert hand.waiting() == 0


async def test_who_was_refused_may_ask_again_with_the_same_key(tasks: Tasks, away: Tasks, hand: Hand) -> None:
    with pytest.raises(Unavailable):
        await submit(away, key="k")

    ids = await asyncio.gather(*(submit(tasks, key="k") for _ in range(10)))

    assert len(set(ids)) == 1
    assert hand.waiting() == 1
    hand.take()[1].end(done())
    assert await submit(tasks, key="k") == ids[0]
    assert hand.waiting() == 0


async def test_who_was_refused_may_be_refused_again(away: Tasks, tasks: Tasks) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable):
            await submit(away, key="k")

    [row] = await tasks.ledger.page("ann", Filter())
    assert is_withdrawn(row)


async def test_who_waits_for_what_is_withdrawn_is_told(tasks: Tasks, away: Tasks) -> None:
    with pytest.raises(Unavailable):
        await submit(away, key="k")
    [row] = await tasks.ledger.page("ann", Filter())

    view = await look(tasks, row.id, seconds=30)
    told = [event.type async for _, event in tasks.follow(row.id, owner="ann")]

    assert view.row.state == "failed"
    assert told == ["failed"]


async def test_what_another_replica_found_meanwhile_is_not_withdrawn(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    row = await tasks.mine(task_id, "ann")
    assert await tasks.ledger.sending(row, row.sent_at + 1)

    assert not await tasks.ledger.withdraw(row, withdrawal("too late"))
    assert (await tasks.mine(task_id, "ann")).state == "queued"


async def test_what_is_perhaps_sent_is_accepted_and_runs_once(
    hanging: Tasks, tasks: Tasks, engine: Engine, hand: Hand
) -> None:
    task_id = await submit(hanging, key="k")
    assert hand.waiting() == 0

    assert await submit(tasks, key="k") == task_id
    await asyncio.sleep(ON_ITS_WAY + 0.1)
    await engine.reconciler.pass_once()
    await engine.reconciler.pass_once()

    assert hand.waiting() == 1
    assert hand.take()[0].task_id == task_id
