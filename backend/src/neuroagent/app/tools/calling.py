"""One call of a tool, from its job to its answer: what goes on meanwhile is told, and a call is never made twice."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydantic import JsonValue

from neuroagent.app.engine.client import TaskCancelled, TaskFailed, Tasks
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.errors import Conflict, Unavailable
from neuroagent.app.tools.base import AnyTool, ToolContext
from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Ending, Event

LEAVE: Final = timedelta(seconds=5)  # to tell the workers that nobody waits any more

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ToolDone:
    output: JsonValue
    text: str


@dataclass(frozen=True)
class ToolFailed:
    """For good; the reason is fit for the model and for the person."""

    reason: str


async def asked(tasks: Tasks, tool: AnyTool, job: Message, *, context: ToolContext, key: str | None) -> TaskRow:
    """The same key is the same call: nothing runs twice."""
    return await tasks.submit(tool.contract, job, owner=context.owner, trace_id=context.trace_id, key=key)


async def answered(
    tasks: Tasks, tool: AnyTool, row: TaskRow, on_event: Callable[[Event], None] = lambda _event: None
) -> ToolDone | ToolFailed:
    """What comes of a call; a second one who waits for it gets the same."""
    contract = tool.contract
    patience = tool.patience or contract.hard_timeout * contract.retries.attempts
    try:
        async with asyncio.timeout(patience.total_seconds()):
            output = await tasks.output(await _ending(tasks, row, on_event))
    except TaskFailed as error:
        return ToolFailed(_reason(error.failure, row.trace_id))
    except TaskCancelled:
        return ToolFailed("The call was cancelled.")
    except TimeoutError:
        await withdrawn(tasks, row.id, row.owner)
        return ToolFailed(f"It hasn't ended within {patience.total_seconds():g} s, and was cancelled.")
    return ToolDone(output, tool.told(contract.decode_output(output)))


async def withdrawn(tasks: Tasks, task_id: str, owner: str) -> None:
    """Nobody waits for it any more."""
    try:
        async with asyncio.timeout(LEAVE.total_seconds()):
            await tasks.cancel(task_id, owner=owner)
    except Conflict:
        return  # it has ended meanwhile
    except (Unavailable, TimeoutError) as error:
        logger.warning("tool.not_cancelled", extra={"task_id": task_id, "reason": str(error)})


async def _ending(tasks: Tasks, row: TaskRow, on_event: Callable[[Event], None]) -> Ending:
    async with aclosing(tasks.follow(row.id, owner=row.owner)) as told:
        async for _, event in told:
            on_event(event)
            if isinstance(event, Ending):
                return event
    raise AssertionError(f"what is told of task {row.id!r} ends with its ending")


def _reason(failure: Failure, trace_id: str) -> str:
    if failure.code == "crashed":
        return f"It broke on our side; the log has the cause under {trace_id}."
    return failure.message
