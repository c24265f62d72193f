"""The app's only door to the workers: a row before a message, and an answer whoever asks first."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import Hand, done, failed, now
from processes import free_port
from redis import Redis

from neuroagent.app.engine.client import (
    StillRunning,
    TaskCancelled,
    TaskFailed,
    Tasks,
    TaskView,
    webhook_task_id,
)
from neuroagent.app.engine.listening import LOOK_AGAIN
from neuroagent.app.engine.reconciler import ON_ITS_WAY
from neuroagent.app.engine.redis import redis_lines
from neuroagent.app.engine.turns import Turns
from neuroagent.app.errors import Conflict, NotFound, Unavailable
from neuroagent.app.storage import Storage
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas.events import Artifact, Event, Log, Progress, Queued, Started, WaitingInput
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.system import (
    PING,
    WORKER_HEALTH_CHECK,
    PingInput,
    PingOutput,
    WorkerHealthCheckInput,
)
from neuroagent.task_schemas.turns import Keys

PONG = {"pong": True, "timestamp": "2026-01-01T00:00:00Z"}


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


async def submit(tasks: Tasks, owner: str = "ann", key: str | None = None) -> str:
    return (await tasks.submit(PING, PingInput(), owner=owner, trace_id="t", key=key)).id


async def look(tasks: Tasks, task_id: str, owner: str = "ann", seconds: float = 0) -> TaskView:
    return await tasks.look(task_id, owner=owner, patience=timedelta(seconds=seconds))


async def run(tasks: Tasks, seconds: float = 30, **more: object) -> PingOutput:
    patience = timedelta(seconds=seconds)
    return await tasks.run(PING, PingInput(), owner="ann", trace_id="t", patience=patience, **more)  # type: ignore[arg-type]  # keywords of the test


async def until_state(tasks: Tasks, task_id: str, state: str) -> None:
    async with asyncio.timeout(30):
        while (await look(tasks, task_id)).row.state != state:  # noqa: ASYNC110 - another task changes it
            await asyncio.sleep(0.01)


async def until_waiting(hand: Hand) -> None:
    async with asyncio.timeout(30):
        while not hand.waiting():  # noqa: ASYNC110 - another task sends it
            await asyncio.sleep(0.01)


async def test_a_job_goes_to_its_contract_s_queue_with_leave_to_upload(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)

    job, _ = hand.take()
    assert (job.task_id, job.trace_id, job.input, job.inbox) == (task_id, "t", {}, tasks.hub.inbox)
    assert job.upload.prefix == f"tasks/{task_id}/"


async def test_what_people_wrote_is_not_shown_to_celery_s_logs(tasks: Tasks, redis_client: Redis) -> None:
    await submit(tasks)

    [message] = redis_client.lrange("default_q", 0, -1)
    assert json.loads(message)["headers"]["argsrepr"] == "…"


async def test_run_gives_the_typed_answer(tasks: Tasks, hand: Hand) -> None:
    running = asyncio.create_task(run(tasks))
    await until_waiting(hand)
    hand.take()[1].end(done(PONG))

    assert (await running).pong


async def test_run_raises_what_went_wrong(tasks: Tasks, hand: Hand) -> None:
    running = asyncio.create_task(run(tasks))
    await until_waiting(hand)
    hand.take()[1].end(failed("external_service", "The provider is away"))

    with pytest.raises(TaskFailed, match="The provider is away") as trouble:
        await running
    assert trouble.value.failure.code == "external_service"


async def test_run_says_when_it_was_cancelled(tasks: Tasks, hand: Hand) -> None:
    running = asyncio.create_task(run(tasks))
    await until_waiting(hand)
    job, _turn = hand.take()
    hand.redis.delete(f"task:{job.task_id}:lease")
    await tasks.cancel(job.task_id, owner="ann")

    with pytest.raises(TaskCancelled):
        await running


async def test_run_says_when_patience_ends_first_and_the_task_goes_on(tasks: Tasks, hand: Hand) -> None:
    with pytest.raises(StillRunning) as ended:
        await run(tasks, seconds=0.3)

    hand.take()[1].end(done(PONG))
    await until_state(tasks, ended.value.task_id, "done")


async def test_run_shows_every_event_once_and_in_order(tasks: Tasks, hand: Hand) -> None:
    seen: list[Event] = []
    running = asyncio.create_task(run(tasks, on_event=seen.append))
    await until_waiting(hand)
    _, turn = hand.take()
    for event in (Progress(text="half", fraction=0.5), Log(text="a line")):
        turn.tell(event)
        await asyncio.sleep(0.05)
    turn.end(done(PONG))

    await running
    assert [event.type for event in seen] == ["queued", "started", "progress", "log", "done"]


async def test_an_answer_that_came_before_anybody_waited_is_there(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    hand.take()[1].end(done())

    assert (await look(tasks, task_id, seconds=30)).event or (await look(tasks, task_id)).row.state == "done"


async def test_a_large_answer_is_read_from_the_store(tasks: Tasks, hand: Hand, storage: Storage) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield json.dumps(PONG).encode()

    running = asyncio.create_task(run(tasks))
    await until_waiting(hand)
    job, turn = hand.take()
    key = f"tasks/{job.task_id}/answer.json"
    saved = await storage.save(key, chunks())
    file = StoredFile(key=key, name="answer.json", media_type="application/json", size=saved.size, sha256=saved.sha256)
    turn.tell(Artifact(file=file))
    turn.end(done(None).model_copy(update={"stored": file}))

    assert (await running).pong


async def test_an_answer_is_kept_when_redis_forgets(engine: Engine, hand: Hand) -> None:
    task_id = await submit(engine.tasks)
    hand.take()[1].end(done())
    await until_state(engine.tasks, task_id, "done")

    hand.redis.flushall()

    assert (await look(engine.tasks, task_id)).row.output == 42


async def test_another_replica_waits_for_it_as_well(engine: Engine, replica: Engine, hand: Hand) -> None:
    task_id = await submit(engine.tasks)
    elsewhere = asyncio.create_task(look(replica.tasks, task_id, seconds=30))
    await asyncio.sleep(0.2)
    hand.take()[1].end(done())

    assert (await asyncio.wait_for(elsewhere, 4)).event, "told, and not only found by looking again"


async def test_a_stranger_s_task_is_not_found(tasks: Tasks) -> None:
    task_id = await submit(tasks)

    for attempt in (
        look(tasks, task_id, owner="bob"),
        tasks.cancel(task_id, owner="bob"),
        tasks.retry(task_id, owner="bob"),
        tasks.answer(task_id, 1, owner="bob"),
        anext(tasks.follow(task_id, owner="bob")),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_person_s_word_stands_when_the_queue_goes_away(
    tasks: Tasks, away: Tasks, engine: Engine, hand: Hand
) -> None:
    failing, asking = await submit(tasks), await submit(tasks)
    hand.take()[1].end(failed("worker_lost"))
    hand.take()[1].pause(WaitingInput(at=now(), attempt=1, question="?"))
    await until_state(tasks, failing, "dead")
    await until_state(tasks, asking, "waiting_input")

    assert (await away.retry(failing, owner="ann")).state == "queued"
    assert (await away.answer(asking, "yes", owner="ann")).state == "queued"

    await asyncio.sleep(ON_ITS_WAY + 0.1)
    await engine.reconciler.pass_once()
    assert {hand.take()[0].task_id for _ in range(2)} == {failing, asking}


async def test_without_redis_a_person_s_word_is_refused_and_changes_nothing(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    hand.take()[1].end(failed("worker_lost"))
    await until_state(tasks, task_id, "dead")
    lines = redis_lines(RedisSettings(port=free_port()))

    with pytest.raises(Unavailable):
        await replace(tasks, turns=Turns(lines.commands)).retry(task_id, owner="ann")

    assert (await tasks.mine(task_id, "ann")).state == "dead"
    await lines.close()


async def test_the_same_key_with_the_same_job_is_one_task(tasks: Tasks, hand: Hand) -> None:
    ids = await asyncio.gather(*(submit(tasks, key="k") for _ in range(50)))

    assert len(set(ids)) == 1
    assert hand.waiting() == 1
    assert await submit(tasks, owner="bob", key="k") != ids[0], "a key is its owner's own"


async def test_the_same_key_with_another_job_is_a_conflict(tasks: Tasks) -> None:
    await submit(tasks, key="k")

    with pytest.raises(Conflict, match="'k' was used for another task"):
        await tasks.submit(WORKER_HEALTH_CHECK, WorkerHealthCheckInput(), owner="ann", trace_id="t", key="k")


def test_a_message_of_the_outside_world_has_one_key() -> None:
    assert webhook_task_id("slack", "1", "u", "a") == webhook_task_id("slack", "1", "u", "a")
    assert (
        len({webhook_task_id(*parts) for parts in (("a", "b", "c", "d"), ("ab", "", "c", "d"), ("a", "bc", "", "d"))})
        == 3
    )


async def test_a_reader_that_comes_back_misses_nothing_and_sees_nothing_twice(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    _, turn = hand.take()
    first = await some(tasks, task_id, 2)
    turn.tell(Log(text="while nobody read"))
    turn.end(done())

    rest = [event.type async for _, event in tasks.follow(task_id, owner="ann", after=first[-1][0] or "0")]

    assert isinstance(first[0][1], Queued)
    assert isinstance(first[1][1], Started)
    assert rest == ["log", "done"]


async def test_a_reader_who_leaves_takes_nothing_from_those_who_stay(
    engine: Engine, replica: Engine, hand: Hand
) -> None:
    task_id = await submit(engine.tasks)
    _, turn = hand.take()
    async with aclosing(replica.tasks.follow(task_id, owner="ann")) as staying:
        assert isinstance((await anext(staying))[1], Queued)
        assert isinstance((await anext(staying))[1], Started)
        await some(replica.tasks, task_id, 2)
        waiting = asyncio.ensure_future(anext(staying))
        await asyncio.sleep(0.2)  # it has read what is there, and listens

        turn.tell(Log(text="to whoever stays"))
        _, event = await asyncio.wait_for(waiting, LOOK_AGAIN - 1)

    assert event == Log(text="to whoever stays")


async def test_a_wait_that_is_over_takes_nothing_from_a_reader(engine: Engine, replica: Engine, hand: Hand) -> None:
    task_id = await submit(engine.tasks)
    async with aclosing(replica.tasks.follow(task_id, owner="ann")) as staying:
        await anext(staying)
        waiting = asyncio.ensure_future(anext(staying))
        await look(replica.tasks, task_id, seconds=0.2)

        hand.take()
        _, event = await asyncio.wait_for(waiting, LOOK_AGAIN - 1)

    assert isinstance(event, Started)


async def test_nobody_is_on_a_task_s_list_who_no_longer_waits(engine: Engine, replica: Engine, hand: Hand) -> None:
    task_id = await submit(engine.tasks)

    await look(replica.tasks, task_id, seconds=0.1)

    assert hand.redis.smembers(Keys(task_id).watchers) == set()


async def some(tasks: Tasks, task_id: str, most: int) -> list[tuple[str | None, Event]]:
    async with aclosing(tasks.follow(task_id, owner="ann")) as told:
        return [await anext(told) for _ in range(most)]


async def test_what_is_queued_says_its_place(tasks: Tasks) -> None:
    await submit(tasks)
    await submit(tasks)
    task_id = await submit(tasks)

    _, event = await anext(tasks.follow(task_id, owner="ann"))

    assert isinstance(event, Queued)
    assert event.place == 2


async def test_a_cancelled_task_in_the_queue_never_runs(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)

    assert (await tasks.cancel(task_id, owner="ann")).state == "cancelled"

    with pytest.raises(AssertionError, match="ended"):
        hand.take()
    with pytest.raises(Conflict, match="it is cancelled"):
        await tasks.cancel(task_id, owner="ann")


async def test_a_running_task_is_told_to_stop(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    _, turn = hand.take()

    assert (await tasks.cancel(task_id, owner="ann")).cancel_requested
    assert turn.renew() == "cancelled"
    turn.end(done())
    await until_state(tasks, task_id, "cancelled")


async def test_what_failed_can_be_tried_again_from_the_start(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    hand.take()[1].end(failed("worker_lost"))
    await until_state(tasks, task_id, "dead")

    assert (await tasks.retry(task_id, owner="ann")).state == "queued"

    job, turn = hand.take()
    assert (job.attempts, turn.attempt) == (0, 1)
    turn.end(done())
    await until_state(tasks, task_id, "done")
    with pytest.raises(Conflict, match="is done"):
        await tasks.retry(task_id, owner="ann")


async def test_of_two_answers_one_counts(tasks: Tasks, hand: Hand) -> None:
    task_id = await submit(tasks)
    hand.take()[1].pause(WaitingInput(at=now(), attempt=1, question={"proceed?": True}))
    assert isinstance((await look(tasks, task_id, seconds=30)).event, WaitingInput)
    await until_state(tasks, task_id, "waiting_input")

    results = await asyncio.gather(
        *(tasks.answer(task_id, answer, owner="ann") for answer in ("yes", "no")), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "TaskRow"]
    assert hand.take()[0].answer in {"yes", "no"}
    assert hand.waiting() == 0


def file_of(task_id: str) -> StoredFile:
    return StoredFile(key=f"tasks/{task_id}/a.csv", name="a.csv", media_type="text/csv", size=1, sha256="0" * 64)


async def test_a_file_of_mine_travels_with_leave_to_read_it(tasks: Tasks, hand: Hand) -> None:
    made_by = await submit(tasks)
    hand.take()

    await tasks.submit(WORKER_HEALTH_CHECK, WorkerHealthCheckInput(fetch=file_of(made_by)), owner="ann", trace_id="t")

    assert list(hand.take()[0].downloads) == [f"tasks/{made_by}/a.csv"]


@pytest.mark.parametrize("key", ["tasks/unknown/a.csv", "elsewhere/a.csv", "tasks/", "tasks", "../secret_key"])
async def test_a_file_that_is_not_mine_is_not_found(key: str, tasks: Tasks, hand: Hand) -> None:
    job = WorkerHealthCheckInput(fetch=file_of("x").model_copy(update={"key": key}))

    with pytest.raises(NotFound):
        await tasks.submit(WORKER_HEALTH_CHECK, job, owner="ann", trace_id="t")
    assert hand.waiting() == 0


async def test_a_file_of_another_user_s_task_is_not_found(tasks: Tasks) -> None:
    made_by = await submit(tasks)

    with pytest.raises(NotFound):
        await tasks.submit(
            WORKER_HEALTH_CHECK, WorkerHealthCheckInput(fetch=file_of(made_by)), owner="bob", trace_id="t"
        )
