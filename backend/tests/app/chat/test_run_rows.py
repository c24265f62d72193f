"""One run at a time in a thread, held by one process as long as its lease lasts."""

import asyncio
import time

from app.chat.rooms import Opener, ask
from sqlalchemy import update

from neuroagent.app.chat.progress import Checkpoint
from neuroagent.app.chat.run_rows import RunRows
from neuroagent.app.chat.threads import RUNS

ANSWER = {"state": "complete", "parts": [], "exchange": [], "model": "m", "tokens_in": 1, "tokens_out": 2}


async def expire(rows: RunRows) -> None:
    await rows.ledger.change(update(RUNS).values(lease_until=time.time() - 1))


async def test_of_many_who_claim_one_gets_it_and_the_next_waits(opened: Opener) -> None:
    rooms = [opened.closed() for _ in range(4)]
    first, second = await ask(rooms[0], "one"), await ask(rooms[0], "two")

    got = await asyncio.gather(*(room.runs.rows.claim_next("t1") for room in rooms for _ in range(2)))

    [run] = [one for one in got if one]
    assert (run.id, run.attempt, run.state) == (first.id, 1, "running")
    assert [row.id for row in await rooms[0].runs.rows.under_way("t1")] == [first.id, second.id]


async def test_a_lost_lease_lets_another_take_it_and_the_first_can_t_write(opened: Opener) -> None:
    mine, other = opened.closed().runs.rows, opened.closed().runs.rows
    await ask(opened.closed(), "one")
    run = await mine.claim_next("t1")
    assert run
    assert await other.claim_dead(run.id) is None
    await expire(mine)
    assert list(await other.dead()) == [run.id]

    taken = await other.claim_dead(run.id)

    assert taken
    assert taken.attempt == 2
    assert not await mine.keep(run, Checkpoint())
    assert not await mine.end(run, "done", ANSWER)
    assert await other.keep(taken, Checkpoint(steps=3))
    assert (await other.find(run.id)).progress["steps"] == 3  # type: ignore[union-attr,index,call-overload]  # just kept


async def test_a_renewed_lease_is_alive_and_a_released_one_isn_t(opened: Opener) -> None:
    rows = opened.closed().runs.rows
    await ask(opened.closed(), "one")
    run = await rows.claim_next("t1")
    assert run
    await expire(rows)

    assert list(await rows.renew()) == [(run.id, False)]
    assert list(await rows.dead()) == []
    assert await rows.ask_to_stop(run.id)
    assert list(await rows.renew()) == [(run.id, True)]

    assert await rows.release(run)
    assert list(await rows.dead()) == [run.id]


async def test_an_end_brings_the_answer_into_the_tree(opened: Opener) -> None:
    room = opened.closed()
    await ask(room, "one")
    run = await room.runs.rows.claim_next("t1")
    assert run

    assert await room.runs.rows.end(run, "done", ANSWER)

    assert not await room.runs.rows.end(run, "done", ANSWER), "once"
    message = await room.threads.message("t1", run.answer)
    assert message
    assert (message.parent, message.tokens_out) == (run.question, 2)
    assert (await room.threads.mine("t1", "ada")).head == run.answer
    assert list(await room.runs.rows.under_way("t1")) == []


async def test_a_thread_in_which_something_waits_and_nothing_runs_is_found(opened: Opener) -> None:
    room = opened.closed()
    await ask(room, "one")
    await room.threads.ledger.change(update(RUNS).values(asked_at=time.time() - 5))

    assert list(await room.runs.rows.threads_left_waiting()) == ["t1"]
    await room.runs.rows.claim_next("t1")
    assert list(await room.runs.rows.threads_left_waiting()) == []
