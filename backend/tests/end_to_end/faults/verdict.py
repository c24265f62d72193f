"""What must hold after every scenario, and what is said where it doesn't."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from end_to_end.faults.diary import Run
from end_to_end.faults.scenarios import Scenario
from end_to_end.faults.servers import LEASE
from end_to_end.faults.stage import Servers, Stage, stage
from redis import Redis

from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.rows import is_withdrawn
from neuroagent.app.engine.states import ENDED
from neuroagent.task_schemas.events import Ending, Event, events
from neuroagent.task_schemas.system import QUEUE
from neuroagent.task_schemas.turns import Keys

RECOVERY: Final = LEASE + 3.0
MARGIN: Final = 12.0  # seconds that a busy machine may add; the report says what it took
WAIT: Final = 30.0
IDLE: Final = 3.0  # seconds without any progress, after which the control counts what is lost
AFTERWARDS: Final = 0.3  # seconds for what would still come, and must not


@dataclass(frozen=True)
class Verdict:
    scenario: str
    ledger: str
    tasks: int
    lost: int
    twice: int
    recovery: float
    complaints: tuple[str, ...] = ()
    is_control: bool = False


async def played(built: Servers, scenario: Scenario, database_url: str, folder: Path) -> Verdict:
    replicas, mending = scenario.replicas, scenario.mended_here
    async with stage(built, database_url, folder, replicas=replicas, mending=mending) as on_stage:
        await scenario.play(on_stage)
        settled = await on_stage.settled(WAIT)
        await asyncio.sleep(AFTERWARDS)
        return await _judged(scenario, on_stage, settled if on_stage.recovered is None else on_stage.recovered)


async def without_mending(built: Servers, scenario: Scenario, database_url: str, folder: Path) -> Verdict:
    """The control: the same fault and no reconciler; if nothing is lost then, the scenario proves nothing."""
    async with stage(built, database_url, folder, mending=False) as on_stage:
        await scenario.play(on_stage)
        await on_stage.idle(IDLE)
        rows = await on_stage.rows()
        lost = sum(row.state not in ENDED for row in rows)
        return Verdict(f"control: {scenario.name}", on_stage.ledger, len(rows), lost, 0, 0.0, is_control=True)


async def _judged(scenario: Scenario, on_stage: Stage, recovery: float) -> Verdict:
    rows = await on_stage.rows()
    lost = [row for row in rows if row.state not in ENDED]
    twice = _twice(on_stage, rows)
    complaints = [
        *on_stage.complaints,
        *(f"{row.id} has not ended: it is {row.state} after {row.attempts} attempts" for row in lost),
        *_failed(on_stage, rows),
        *([f"recovery took {recovery:.1f} s, not {RECOVERY:g}"] if recovery > RECOVERY + MARGIN else []),
        *(f"the body of {task_id} ran to its end {times} times" for task_id, times in twice.items()),
        *await asyncio.to_thread(_in_redis, scenario, on_stage, rows),
    ]
    figures = (len(rows), len(lost), len(twice), round(recovery, 2))
    return Verdict(scenario.name, on_stage.ledger, *figures, tuple(complaints))


def _failed(on_stage: Stage, rows: Sequence[TaskRow]) -> Iterator[str]:
    """An outage is no reason for a task to fail."""
    for row in rows:
        if row.state in ENDED - {"done"} and row.id not in on_stage.may_fail:
            yield f"{row.id} is {row.state}: {row.failure}"


def _twice(on_stage: Stage, rows: Sequence[TaskRow]) -> dict[str, int]:
    """Ran to the end again, which neither a death or wipe of ours explains, nor an answer that was refused."""
    refused = on_stage.refusals()
    runs = on_stage.diary.runs({row.id for row in rows})
    ends = Counter(run.task_id for ran in runs.values() for run in ran if _could_answer(on_stage, run))
    return {task_id: times for task_id, times in ends.items() if times - refused[task_id] > 1}


def _could_answer(on_stage: Stage, run: Run) -> bool:
    return run.ended is not None and run.pid not in on_stage.killed and run.ended > on_stage.wiped_at


def _in_redis(scenario: Scenario, on_stage: Stage, rows: Sequence[TaskRow]) -> list[str]:
    with on_stage.servers.redis.server.connect() as redis:
        complaints = [told for row in rows for told in _of_one(redis, row, wiped=scenario.wiped)]
        if waiting := redis.llen(QUEUE):
            complaints.append(f"{waiting} messages still wait")
        return [*complaints, *_unacknowledged(redis)]


def _of_one(redis: Redis, row: TaskRow, *, wiped: bool) -> Iterator[str]:
    stream = _stream(redis, row.id)
    endings = sum(isinstance(event, Ending) for event in stream)
    if endings != (0 if is_withdrawn(row) else 1) and not (wiped and endings == 0):
        yield f"{row.id} ({row.state}) was told to have ended {endings} times"
    if endings and not isinstance(stream[-1], Ending):
        yield f"{row.id} ({row.state}) was told of after its end: {stream[-1]!r}"
    if redis.exists(Keys(row.id).lease):
        yield f"{row.id} ({row.state}) is still leased"


def _unacknowledged(redis: Redis) -> Iterator[str]:
    """The broker keeps no books at all, so that nothing can be left in them."""
    for key in redis.keys("unacked*"):
        yield f"{key.decode()} was written"


def _stream(redis: Redis, task_id: str) -> list[Event]:
    return [events.validate_json(fields[b"event"]) for _, fields in redis.xrange(Keys(task_id).stream)]
