"""How far a call is, told while it runs; and a caller who leaves takes the call with him."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.tools.calling import withdrawn
from neuroagent.task_schemas.events import Event, Progress, Queued, Retrying, Started

A_BIT: Final = 1e-6  # the protocol wants every step to be larger than the one before


class Report(Protocol):
    def __call__(self, progress: float, total: float | None = None, message: str | None = None) -> Awaitable[None]: ...


@dataclass(frozen=True)
class Telling:
    tasks: Tasks
    row: TaskRow

    @asynccontextmanager
    async def to(self, report: Report) -> AsyncIterator[Callable[[Event], None]]:
        steps: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
        telling = asyncio.create_task(_told(steps, report))
        has_ended = False
        try:
            yield lambda event: _heard(event, steps)
            has_ended = True
            steps.put_nowait(None)
            await telling
        finally:
            telling.cancel()
            if not has_ended:
                self._withdraw()

    def _withdraw(self) -> None:
        """Apart from the caller, whose own time is over."""
        leaving = asyncio.create_task(withdrawn(self.tasks, self.row.id, self.row.owner))
        LEAVING.add(leaving)
        leaving.add_done_callback(LEAVING.discard)


LEAVING: Final[set["asyncio.Task[None]"]] = set()  # an event loop holds its tasks by a thread only


def _heard(event: Event, steps: "asyncio.Queue[tuple[float, str] | None]") -> None:
    match event:
        case Queued(place=place):
            steps.put_nowait((0.0, f"queued behind {place}" if place else "queued"))
        case Started():
            steps.put_nowait((0.0, "running"))
        case Progress(fraction=fraction, text=text):
            steps.put_nowait((fraction or 0.0, text))
        case Retrying(failure=failure):
            steps.put_nowait((0.0, f"once more: {failure.message}"))
        case _:
            return


async def _told(steps: "asyncio.Queue[tuple[float, str] | None]", report: Report) -> None:
    """Steps that come again or go back are told as the smallest step there is."""
    reached = -A_BIT
    while (step := await steps.get()) is not None:
        fraction, text = step
        reached = max(fraction, reached + A_BIT)
        await report(reached, 1.0 if reached <= 1 else None, text or None)
