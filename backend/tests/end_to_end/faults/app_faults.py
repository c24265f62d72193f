"""An app that dies between row and message, replicas of it, and callers who repeat or recall what they asked."""

import asyncio
from datetime import timedelta

import httpx
from end_to_end.faults.naps import NAP, NapInput
from end_to_end.faults.servers import until_soon
from end_to_end.faults.stage import BUSY, OWNER, SHORT, TRACE, Stage
from end_to_end.faults.worker_faults import kill_whole
from valves import valve

from neuroagent.task_schemas.events import Done, Event

UNSENT = 40
SILENCE = 12.0  # seconds; longer than any time-out of a socket


async def nothing(stage: Stage) -> None:
    await stage.queue()


async def row_without_message(stage: Stage) -> None:
    """A process of the app writes rows and is killed with the messages in its hands; another finds the rows."""
    await stage.nap(UNSENT)
    async with valve(stage.servers.redis.server.port) as line, stage.app_process(redis_port=line.port) as dying:
        line.shut()
        asked = [asyncio.create_task(dying.nap(SHORT)) for _ in range(UNSENT)]
        await until_soon(lambda: _all_written(stage), "every row is written")
        await dying.kill()
        answers = await asyncio.gather(*asked, return_exceptions=True)
    stage.must(all(isinstance(answer, httpx.TransportError) for answer in answers), f"the dead answered: {answers}")
    await stage.until_ended(UNSENT)
    stage.must(stage.waiting() == 0 and await stage.open_rows() >= UNSENT, "a message was sent after all")
    async with stage.app_process():
        stage.recovered = await stage.settled(30)


async def _all_written(stage: Stage) -> bool:
    stage.ids = [row.id for row in await stage.rows()]
    return len(stage.ids) == 2 * UNSENT


async def two_replicas(stage: Stage) -> None:
    """Both find the same rows at the same time."""
    await stage.queue(60)
    await stage.nap(60, app=stage.apps[1])
    for worker in stage.servers.workers:
        kill_whole(stage, worker)
    with stage.servers.redis.server.connect() as redis:
        redis.delete("default_q")
    await stage.servers.all_consume()


async def same_key(stage: Stage) -> None:
    job = NapInput(seconds=SHORT)
    submitted = [
        app.tasks.submit(NAP, job, owner=OWNER, trace_id=TRACE, key="the same") for _ in range(25) for app in stage.apps
    ]
    ids = {row.id for row in await asyncio.gather(*submitted)}
    stage.ids += ids
    stage.must(len(ids) == 1, f"one key has made {len(ids)} tasks")
    await stage.until_ended(1)
    stage.must_have_started(ids, times=1)


async def cancelled_while_queued(stage: Stage) -> None:
    """Then the workers start again, and find the messages."""
    await stage.nap(BUSY, 2.0)
    recalled = await stage.nap(20)
    stage.may_fail |= set(recalled)
    rows = [await stage.app.tasks.cancel(task_id, owner=OWNER) for task_id in recalled]
    stage.must({row.state for row in rows} == {"cancelled"}, "a cancelled task says that it isn't")
    for worker in stage.servers.workers:
        kill_whole(stage, worker)
    await stage.servers.all_consume()
    stage.recovered = await stage.settled(30)
    stage.must_have_started(recalled, times=0)


async def silent_wait(stage: Stage) -> None:
    """Nothing is heard of the tasks for longer than any time-out of a socket; both ways of waiting get the answer."""
    told: list[Event] = []
    job, patience = NapInput(seconds=SILENCE), timedelta(seconds=60)
    waits = (
        stage.app.tasks.run(NAP, job, owner=OWNER, trace_id=TRACE, patience=patience, on_event=told.append),
        stage.app.tasks.run(NAP, job, owner=OWNER, trace_id=TRACE, patience=patience),
    )
    answers = {answer.run for answer in await asyncio.gather(*waits)}
    ids = {row.id for row in await stage.rows()}
    runs = {run.run for ran in stage.diary.runs(ids).values() for run in ran}
    stage.must(answers == runs, "the answers are not those of the bodies")
    stage.must(isinstance(told[-1], Done), f"the last word was {told[-1:]}")
