"""The fake behaves as the real engine does: the same stories, told to both."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_tasks import FakeTasks

from neuroagent.app.engine.client import StillRunning, TaskFailed
from neuroagent.task_schemas.errors import RateLimited, TaskError
from neuroagent.task_schemas.events import Event, Progress
from neuroagent.task_schemas.system import PING, PingInput, PingOutput


def pong(_job: PingInput, say: Callable[[Event], None]) -> PingOutput:
    say(Progress(text="half", fraction=0.5))
    return PingOutput(timestamp=datetime.now(UTC))


async def run(body: Any, **more: Any) -> PingOutput:
    tasks = FakeTasks({"ping": body} if body else {})
    return await tasks.run(PING, PingInput(), owner="ann", trace_id="t", **more)


async def test_an_answer_and_its_events() -> None:
    seen: list[Event] = []

    assert (await run(pong, on_event=seen.append)).pong
    assert [event.type for event in seen] == ["queued", "started", "progress", "done"]


async def test_a_failure_is_raised_as_the_engine_raises_it() -> None:
    def fail(_job: PingInput, _say: Any) -> PingOutput:
        raise TaskError("no such column")

    with pytest.raises(TaskFailed, match="no such column") as trouble:
        await run(fail)
    assert trouble.value.failure.code == "permanent"


async def test_what_may_work_another_time_is_tried_again() -> None:
    seen: list[Event] = []

    async def limited(_job: PingInput, _say: Any) -> PingOutput:
        await asyncio.sleep(0)
        raise RateLimited("slow down", retry_after=30)

    with pytest.raises(TaskFailed, match="slow down"):
        await run(limited, on_event=seen.append)
    assert [event.type for event in seen].count("retrying") == 2
    assert seen[-1].type == "failed"


async def test_a_bug_does_not_show_its_text() -> None:
    with pytest.raises(TaskFailed) as trouble:
        await run(lambda _job, _say: "internal-detail".index("x"))
    assert "internal-detail" not in str(trouble.value)


async def test_without_a_worker_patience_ends() -> None:
    with pytest.raises(StillRunning):
        await run(None, patience=timedelta(seconds=1))


async def test_the_same_key_runs_once() -> None:
    tasks = FakeTasks({"ping": pong})
    for _ in range(3):
        await tasks.run(PING, PingInput(), owner="ann", trace_id="t", key="k")

    assert len(tasks.submitted) == 1
