"""What got lost is mended: adopted, sent again, ended; by however many replicas, once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, done, failed, now
from redis import Redis
from sqlalchemy import update

from neuroagent.app.engine import reconciler
from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import FIELD, Done, Retrying, WaitingInput, events
from neuroagent.task_schemas.system import PING, PingInput
from neuroagent.task_schemas.turns import Keys


@pytest.fixture(autouse=True)
def _nothing_is_young(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YOUNG", "ON_ITS_WAY", "WIPED"):
        monkeypatch.setattr(reconciler, name, 0.0)


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


async def submit(engine: Engine) -> str:
    row = await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")
    return row.id


async def state(engine: Engine, task_id: str) -> str:
    row = await engine.ledger.find(task_id)
    assert row is not None
    return row.state


async def until_state(engine: Engine, task_id: str, wanted: str) -> None:
    async with asyncio.timeout(30):
        while await state(engine, task_id) != wanted:  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.01)


async def change(engine: Engine, task_id: str, **values: object) -> None:
    async with engine.ledger.database.write() as session:
        await session.execute(update(TaskRow).where(TaskRow.id == task_id).values(**values))


async def test_a_message_that_waits_in_its_queue_is_left_alone(engine: Engine, hand: Hand) -> None:
    await submit(engine)

    await engine.reconciler.pass_once()

    assert hand.waiting() == 1


async def test_a_lost_message_is_sent_again(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.redis.delete("default_q")

    await engine.reconciler.pass_once()

    job, turn = hand.take()
    assert (job.task_id, turn.attempt) == (task_id, 1)


async def test_a_message_that_its_queue_has_passed_counts_as_lost(engine: Engine, hand: Hand) -> None:
    lost = await submit(engine)
    hand.redis.delete("default_q")
    await submit(engine)
    await submit(engine)
    hand.take()  # a later one had its turn, and one more is waiting

    await engine.reconciler.pass_once()

    assert hand.waiting() == 2
    hand.take()
    assert hand.take()[0].task_id == lost


async def test_a_row_whose_message_was_never_sent_is_sent(engine: Engine, hand: Hand) -> None:
    """The app died between the two."""
    row = TaskRow(
        id="0", name="ping", queue="default_q", owner="ann", trace_id="t", state="queued", attempts=0, input={},
        inbox="inbox:dead", created_at=now(), sent_at=time.time() - 5, alive_at=0.0, cancel_requested=False,
    )  # fmt: skip
    await engine.ledger.add(row)

    await engine.reconciler.pass_once()

    assert hand.take()[0].task_id == "0"


async def test_what_runs_is_seen_to_run_and_left_alone(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.take()

    await engine.reconciler.pass_once()
    await engine.reconciler.pass_once()

    assert await state(engine, task_id) == "running"
    assert hand.waiting() == 0


async def test_a_silent_worker_s_task_goes_to_another(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.take()
    hand.redis.delete(Keys(task_id).lease)  # as its expiry would

    await engine.reconciler.pass_once()

    assert hand.take()[1].attempt == 2


async def test_after_as_many_silent_workers_as_it_may_have_it_is_dead(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    for _ in range(3):
        hand.take()
        hand.redis.delete(Keys(task_id).lease)
        await engine.reconciler.pass_once()
    await asyncio.sleep(0.1)
    await engine.reconciler.pass_once()

    assert await state(engine, task_id) == "dead"
    assert hand.waiting() == 0
    told = [events.validate_json(fields[FIELD.encode()]).type for _, fields in hand.redis.xrange(Keys(task_id).stream)]
    assert told == ["started", "started", "started", "failed"]


async def test_an_ending_that_nobody_heard_is_adopted_and_wakes_who_waits(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.take()
    with engine.hub.expecting(task_id) as word:
        hand.redis.set(Keys(task_id).final, events.dump_json(done(7)))
        await engine.reconciler.pass_once()
        assert (await asyncio.wait_for(word, 5)).type == "done"
    assert await state(engine, task_id) == "done"


async def test_a_retry_rests_in_the_ledger_until_it_is_due(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    failure = Failure(code="retryable", message="later")
    hand.take()[1].pause(Retrying(at=now(), attempt=1, pause=3600, failure=failure))
    await until_state(engine, task_id, "retrying")

    await engine.reconciler.pass_once()
    assert hand.waiting() == 0, "no worker's slot and no broker is held"

    await change(engine, task_id, due_at=datetime.now(UTC) - timedelta(seconds=1))
    await engine.reconciler.pass_once()
    job, turn = hand.take()
    assert (job.attempts, turn.attempt) == (1, 2)


async def test_a_pause_that_nobody_heard_is_adopted(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.take()
    hand.redis.delete(Keys(task_id).lease)
    hand.redis.set(Keys(task_id).pause, events.dump_json(WaitingInput(at=now(), attempt=1, question="?")))

    await engine.reconciler.pass_once()
    await engine.reconciler.pass_once()

    assert await state(engine, task_id) == "waiting_input"
    assert hand.waiting() == 0


async def test_a_running_task_survives_a_wipe_of_redis(
    engine: Engine, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = await submit(engine)
    _, turn = hand.take()
    await engine.reconciler.pass_once()
    monkeypatch.setattr(reconciler, "WIPED", 60.0)
    hand.redis.flushall()

    await engine.reconciler.pass_once()
    assert turn.renew() == "held"
    assert turn.end(done()) == "told"

    await until_state(engine, task_id, "done")
    assert hand.waiting() == 0


async def test_two_replicas_send_it_once(engine: Engine, replica: Engine, hand: Hand) -> None:
    await submit(engine)
    hand.redis.delete("default_q")

    await asyncio.gather(*(each.reconciler.pass_once() for each in (engine, replica) * 3))

    assert hand.waiting() == 1


async def test_a_cancel_that_found_it_running_on_a_dead_worker_ends_it(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.take()
    await engine.tasks.cancel(task_id, owner="ann")
    hand.redis.delete(Keys(task_id).lease)  # the worker died before it heard of it

    await engine.reconciler.pass_once()
    await engine.reconciler.pass_once()

    assert await state(engine, task_id) == "cancelled"


async def test_what_ended_stays_as_it_ended(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine)
    hand.take()[1].end(failed())
    await until_state(engine, task_id, "failed")
    hand.redis.flushall()

    await engine.reconciler.pass_once()

    assert await state(engine, task_id) == "failed"
    assert hand.waiting() == 0


async def test_whoever_waits_for_what_ended_unheard_is_told(engine: Engine, hand: Hand) -> None:
    by_redis, by_ledger = await submit(engine), await submit(engine)
    hand.redis.set(Keys(by_redis).final, events.dump_json(done(1)))
    await engine.ledger.apply([(by_ledger, done(2))])

    with engine.hub.expecting(by_redis) as one, engine.hub.expecting(by_ledger) as other:
        await engine.reconciler.look_for_those_who_wait()
        words = await asyncio.wait_for(asyncio.gather(one, other), 5)

    assert [word.output for word in words if isinstance(word, Done)] == [1, 2]
