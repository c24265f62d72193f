"""A pool's processes are replaced when they have done enough or hold too much: nothing is lost, nothing runs twice."""

from pathlib import Path

import pytest
from end_to_end.faults.scenarios import Scenario
from end_to_end.faults.stage import Stage, servers
from end_to_end.faults.verdict import played

PROCESSES = 4
TASKS = 24

pytestmark = pytest.mark.xdist_group("faults")


async def some_work(stage: Stage) -> None:
    await stage.nap(TASKS)
    await stage.until_ended(TASKS)


async def processes_needed(folder: Path, **settings: str) -> int:
    async with servers(folder, **settings) as built:
        verdict = await played(built, Scenario("some work", some_work), f"sqlite:///{folder / 'ledger.db'}", folder)
        assert (verdict.complaints, verdict.tasks) == ((), TASKS)
        return len({line.pid for line in built.diary.lines()})


async def test_after_so_many_tasks(tmp_path: Path) -> None:
    needed = await processes_needed(tmp_path, TASKS_CELERY__WORKER_MAX_TASKS_PER_CHILD="3")

    assert needed >= TASKS / 3


async def test_when_they_hold_too_much_memory(tmp_path: Path) -> None:
    one_kibibyte = "1"  # any process holds more

    needed = await processes_needed(tmp_path, TASKS_CELERY__WORKER_MAX_MEMORY_PER_CHILD=one_kibibyte)

    assert needed == TASKS


async def test_and_not_otherwise(tmp_path: Path) -> None:
    assert await processes_needed(tmp_path) <= PROCESSES
