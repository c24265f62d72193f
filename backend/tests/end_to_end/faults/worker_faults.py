"""Workers that die, freeze, or take their time."""

import asyncio
import os
import signal
from contextlib import suppress

from end_to_end.faults.naps import POISON, POISON_ATTEMPTS, PoisonInput
from end_to_end.faults.servers import LEASE, MortalWorker, until
from end_to_end.faults.stage import BUSY, OWNER, TRACE, Stage

from neuroagent.app.engine.ledger import Filter


async def children_killed(stage: Stage) -> None:
    await stage.queue()
    for after in (10, 35, 60, 85):
        await stage.until_ended(after)
        kill_a_child(stage)


async def mains_killed(stage: Stage) -> None:
    """With all that belongs to them, as the end of a container."""
    await stage.queue()
    await stage.until_ended(30)
    for worker in stage.servers.workers:
        kill_whole(stage, worker)
    await stage.servers.all_consume()


async def rolling_restart(stage: Stage) -> None:
    for worker in stage.servers.workers:
        await stage.queue(60)
        await stage.until_ended(len(stage.ids) - 40)
        starts = worker.starts
        os.kill(worker.pid, signal.SIGTERM)
        await until(lambda: worker.starts > starts, f"{worker.name} is started again")  # noqa: B023 - waited for here
        await stage.servers.all_consume()


async def child_frozen(stage: Stage) -> None:
    """Past its lease; when it wakes, its task has been done by another."""
    await stage.nap(BUSY, LEASE)
    frozen = await stage.somebody_napping()
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(LEASE)
        stage.recovered = await stage.settled(30)
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    await until(lambda: stage.refusals()[frozen.task_id] >= 1, "the late answer is refused")
    [row] = [row for row in await stage.rows() if row.id == frozen.task_id]
    stage.must(row.state == "done" and row.output != {"run": frozen.run}, "the late answer stands in the ledger")


async def long_bodies(stage: Stage) -> None:
    await stage.nap(BUSY, 3 * LEASE)
    await stage.until_ended(BUSY)
    stage.must_have_started(stage.ids, times=1)


async def poison(stage: Stage) -> None:
    submitted = [await stage.app.tasks.submit(POISON, PoisonInput(), owner=OWNER, trace_id=TRACE) for _ in range(2)]
    poisoned = {row.id for row in submitted}
    stage.may_fail |= poisoned
    await stage.queue(60)
    stage.recovered = await stage.settled(30)
    listed = await stage.app.tasks.ledger.page(OWNER, Filter(state="dead"))
    stage.must({row.id for row in listed} == poisoned, "the dead are not the poisoned ones")
    stage.must_have_started(poisoned, times=POISON_ATTEMPTS)


def kill_whole(stage: Stage, worker: MortalWorker) -> None:
    stage.killed |= {line.pid for line in stage.diary.lines() if worker.has(line.pid)}
    worker.kill()


def kill_a_child(stage: Stage) -> None:
    """Whichever was last heard of, wherever it stands in its work."""
    for line in reversed(stage.diary.lines()):
        if line.pid not in stage.killed and any(worker.has(line.pid) for worker in stage.servers.workers):
            stage.killed.add(line.pid)
            with suppress(ProcessLookupError):
                os.kill(line.pid, signal.SIGKILL)
            return
