"""Sessions: runs come one after the other, each finds what the one before left, and only what counts is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, failed, now
from redis import Redis
from sqlalchemy import update

from neuroagent.app.engine.models import SessionRow
from neuroagent.app.engine.reconciler import ON_ITS_WAY
from neuroagent.app.engine.sessions import Sessions
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.storage import Storage
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.events import Done, SessionLeft, Started
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.jobs import Job
from neuroagent.tasks.runtime.turn import Turn


class CountInput(Message):
    session: str | None = None


class CountOutput(Message):
    counted: int = 0


COUNT = TaskContract("count", "default_q", CountInput, CountOutput, timedelta(seconds=10), "Counts on.", sessions=True)
Leave = Callable[[Job, bytes], "asyncio.Future[SessionLeft]"]


@pytest.fixture(autouse=True)
def _contract() -> Iterator[None]:
    CONTRACTS[COUNT.name] = COUNT
    yield
    del CONTRACTS[COUNT.name]


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    return engine.tasks.dispatch.sessions


async def submit(engine: Engine, session: str | None = "s", owner: str = "ann") -> str:
    return (await engine.tasks.submit(COUNT, CountInput(session=session), owner=owner, trace_id="t")).id


async def leave(storage: Storage, job: Job, content: bytes) -> SessionLeft:
    """What a worker does at the end: the state lies in the store before the answer is told."""
    assert job.session is not None

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    key = f"{job.session.upload.prefix}{uuid4().hex}.state"
    saved = await storage.save(key, chunks())
    file = StoredFile(key=key, name="x.state", media_type="a/b", size=saved.size, sha256=saved.sha256)
    return SessionLeft(id=job.session.id, state=file)


async def end(storage: Storage, job: Job, turn: Turn, content: bytes) -> SessionLeft:
    left = await leave(storage, job, content)
    assert turn.end(Done(at=now(), output={"counted": 1}, session=left)) == "told"
    return left


async def next_one(hand: Hand) -> tuple[Job, Turn]:
    """As a worker takes it: what can't be claimed is passed over."""
    async with asyncio.timeout(30):
        while True:
            if hand.waiting() and not isinstance(taken := hand.try_to_take(), str):
                return taken
            await asyncio.sleep(0.005)


async def until_ended(engine: Engine, task_id: str) -> None:
    async with asyncio.timeout(30):
        while (await engine.tasks.mine(task_id, "ann")).state in {"queued", "running"}:  # noqa: ASYNC110 - the hub writes it
            await asyncio.sleep(0.005)


async def test_a_run_without_a_session_gets_none(engine: Engine, hand: Hand) -> None:
    await submit(engine, session=None)

    assert hand.take()[0].session is None


async def test_the_second_run_waits_and_finds_what_the_first_left(engine: Engine, hand: Hand, storage: Storage) -> None:
    first, second = await submit(engine), await submit(engine)
    assert hand.waiting() == 1
    job, turn = hand.take()
    assert job.session is not None
    assert (job.task_id, job.session.state) == (first, None)

    left = await end(storage, job, turn, b"one")
    job, _ = await next_one(hand)

    assert job.task_id == second
    assert job.session is not None
    assert job.session.state == left.state
    assert left.state is not None
    assert job.downloads[left.state.key].file == left.state


async def test_the_state_before_is_deleted_when_the_next_one_counts(
    engine: Engine, hand: Hand, storage: Storage
) -> None:
    kept = []
    for content in (b"one", b"two"):
        task_id = await submit(engine)
        left = await end(storage, *hand.take(), content)
        kept.append(left.state)
        await until_ended(engine, task_id)

    async with asyncio.timeout(30):
        while await storage.exists(kept[0].key if kept[0] else ""):  # noqa: ASYNC110 - right after the ending
            await asyncio.sleep(0.005)
    assert await storage.exists(kept[1].key if kept[1] else "")


async def test_sessions_of_other_names_and_other_people_are_not_held_up(engine: Engine, hand: Hand) -> None:
    await submit(engine, "s")
    await submit(engine, "another")
    await submit(engine, "s", owner="bob")

    jobs = [hand.take()[0] for _ in range(3)]

    assert len({job.session.id for job in jobs if job.session}) == 3
    assert len({job.session.key for job in jobs if job.session}) == 3, "nobody's seal opens another's state"


async def test_ten_at_once_run_one_after_the_other_in_order(engine: Engine, hand: Hand, storage: Storage) -> None:
    ids = [await submit(engine) for _ in range(10)]

    ran, before = [], None
    for number in range(10):
        job, turn = await next_one(hand)
        assert hand.waiting() == 0
        assert job.session is not None
        assert job.session.state == before
        ran.append(job.task_id)
        before = (await end(storage, job, turn, str(number).encode())).state

    assert ran == ids


@pytest.mark.parametrize("how", ["failed", "cancelled"])
async def test_a_run_that_comes_to_nothing_leaves_the_session_as_it_found_it(
    how: str, engine: Engine, hand: Hand, storage: Storage
) -> None:
    await submit(engine)
    good = await end(storage, *hand.take(), b"good")
    bad, after = await submit(engine), await submit(engine)
    job, turn = await next_one(hand)
    assert job.task_id == bad

    if how == "failed":
        turn.end(failed())
    else:
        turn.redis.delete(turn.keys.lease)
        await engine.tasks.cancel(bad, owner="ann")

    job, _ = await next_one(hand)
    assert job.task_id == after
    assert job.session is not None
    assert job.session.state == good.state


async def test_what_a_lost_attempt_left_is_never_found(engine: Engine, hand: Hand, storage: Storage) -> None:
    task_id = await submit(engine)
    job, turn = hand.take()
    late = await leave(storage, job, b"late")
    turn.redis.delete(turn.keys.lease)  # as its expiry would
    assert turn.claim("default_q", 3, 0, job.sent_at, _started(job)) == "2"
    second = Turn(turn.redis, task_id, job.inbox, "w@h", 30.0, attempt=2)
    left = await end(storage, job, second, b"right")
    await until_ended(engine, task_id)

    assert turn.end(Done(at=now(), output={}, session=late)) == "ended"
    await engine.tasks.dispatch.ended(task_id, Done(at=now(), output={}, session=late))

    await submit(engine)
    job, _ = await next_one(hand)
    assert job.session is not None
    assert job.session.state == left.state
    assert not await storage.exists(late.state.key if late.state else "")


async def until_gone(storage: Storage, *left: SessionLeft) -> None:
    """Right after an ending; whoever is never deleted ends the test."""
    async with asyncio.timeout(30):
        while any([await storage.exists(one.state.key) for one in left if one.state]):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)


async def test_what_a_lost_attempt_left_goes_with_the_state_of_its_task(
    engine: Engine, hand: Hand, storage: Storage
) -> None:
    task_id = await submit(engine)
    job, turn = hand.take()
    lost = await leave(storage, job, b"lost")  # its worker dies before it can tell
    first = await end(storage, job, turn, b"one")
    await until_ended(engine, task_id)

    await submit(engine)
    second = await end(storage, *await next_one(hand), b"two")

    await until_gone(storage, lost, first)
    assert second.state
    assert await storage.exists(second.state.key)


async def test_what_the_lost_attempts_of_a_failed_run_left_goes_at_its_end(
    engine: Engine, hand: Hand, storage: Storage
) -> None:
    await submit(engine)
    good = await end(storage, *hand.take(), b"good")
    await submit(engine)
    job, turn = await next_one(hand)
    lost = await leave(storage, job, b"lost")

    turn.end(failed())

    await until_gone(storage, lost)
    assert good.state
    assert await storage.exists(good.state.key)


async def test_a_state_elsewhere_in_the_store_is_not_taken_up(engine: Engine, hand: Hand, storage: Storage) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"somebody else's"

    await submit(engine)
    job, turn = hand.take()
    assert job.session is not None
    saved = await storage.save("tasks/1/x", chunks())
    file = StoredFile(key="tasks/1/x", name="x", media_type="a/b", size=saved.size, sha256=saved.sha256)
    turn.end(Done(at=now(), output={}, session=SessionLeft(id=job.session.id, state=file)))
    await until_ended(engine, job.task_id)

    await submit(engine)

    job, _ = await next_one(hand)
    assert job.session is not None
    assert job.session.state is None
    assert await storage.exists("tasks/1/x")


async def test_a_waiting_run_whose_app_was_killed_is_sent_by_the_reconciler(
    engine: Engine, hand: Hand, storage: Storage, sessions: Sessions
) -> None:
    await submit(engine)
    second = await submit(engine)
    job, turn = hand.take()
    left = await leave(storage, job, b"one")
    turn.end(Done(at=now(), output={}, session=left))
    await sessions.left(job.task_id, Done(at=now(), output={}, session=left))  # written, and then the app dies

    await asyncio.sleep(ON_ITS_WAY + 0.2)
    await engine.reconciler.pass_once()

    job, _ = await next_one(hand)
    assert job.task_id == second


async def test_the_reconciler_does_not_send_a_run_before_its_turn(engine: Engine, hand: Hand) -> None:
    await submit(engine)
    await submit(engine)
    hand.take()

    await asyncio.sleep(ON_ITS_WAY + 0.2)
    await engine.reconciler.pass_once()

    assert hand.waiting() == 0


async def test_a_session_is_listed_and_deleted_with_its_bytes(
    engine: Engine, hand: Hand, storage: Storage, sessions: Sessions
) -> None:
    task_id = await submit(engine)
    left = await end(storage, *hand.take(), b"one")
    await until_ended(engine, task_id)
    assert [row.name for row in await sessions.page("ann")] == ["s"]
    assert await sessions.page("bob") == []
    with pytest.raises(NotFound):
        await sessions.delete("bob", "s")

    await sessions.delete("ann", "s")

    assert not await storage.exists(left.state.key if left.state else "")
    assert await sessions.page("ann") == []
    await submit(engine)
    job, _ = await next_one(hand)
    assert job.session is not None
    assert job.session.state is None


async def test_a_session_in_use_is_not_deleted(
    engine: Engine, hand: Hand, storage: Storage, sessions: Sessions
) -> None:
    task_id = await submit(engine)
    await end(storage, *hand.take(), b"one")
    await until_ended(engine, task_id)
    await submit(engine)

    with pytest.raises(Conflict, match="under way"):
        await sessions.delete("ann", "s")


async def test_an_idle_session_goes_and_one_in_use_stays(
    engine: Engine, hand: Hand, storage: Storage, sessions: Sessions
) -> None:
    task_id = await submit(engine, "idle")
    left = await end(storage, *hand.take(), b"one")
    await until_ended(engine, task_id)
    await submit(engine, "busy")
    long_ago = now() - timedelta(days=31)
    await engine.ledger.write(lambda connection: connection.execute(update(SessionRow).values(used_at=long_ago)))
    await submit(engine, "fresh")

    assert await sessions.delete_idle(timedelta(days=30)) == 1

    assert not await storage.exists(left.state.key if left.state else "")


async def test_a_session_that_is_named_again_is_idle_no_longer(engine: Engine, hand: Hand, sessions: Sessions) -> None:
    first = await sessions.opened("ann", "s")
    long_ago = now() - timedelta(days=31)
    await engine.ledger.write(lambda connection: connection.execute(update(SessionRow).values(used_at=long_ago)))

    assert await sessions.opened("ann", "s") == first

    assert await sessions.delete_idle(timedelta(days=30)) == 0


async def test_many_that_name_a_session_first_get_the_same(sessions: Sessions) -> None:
    assert len(set(await asyncio.gather(*(sessions.opened("ann", "new") for _ in range(20))))) == 1


def _started(job: Job) -> Started:
    return Started(at=now(), worker="w@h", trace_id=job.trace_id, attempt=0)
