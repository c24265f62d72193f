"""A run's tools: calls go to the workers under a key of their own, and what goes on there is told as it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import JsonValue

from neuroagent.app.approvals.gate import Allowed, Asked
from neuroagent.app.chat.passage import Passage
from neuroagent.app.chat.progress import AnswerKept, Awaited
from neuroagent.app.chat.wire import Chunk
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.errors import Conflict, InvalidInput, NotFound
from neuroagent.app.llm.speech import Call, Offer
from neuroagent.app.tools.base import AnyTool, ToolContext
from neuroagent.app.tools.calling import ToolDone, ToolFailed, answered, asked, withdrawn
from neuroagent.app.tools.outside import OfferedTool, OutsideTool
from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    Log,
    Progress,
    Queued,
    Retrying,
    Started,
    WaitingInput,
)

NOT_KNOWN: Final = AnswerKept(
    text="The app was started again in the middle of this call. It isn't known how it ended, and it isn't made twice.",
    outcome="failed",
)
LONGEST_OUTPUT: Final = 8_000  # characters of a call's output that are shown while it runs: the last ones


async def _nothing_to_keep() -> None:
    """Where nothing is taken up, nothing needs to be known of it."""


@dataclass
class WorkerTools:
    """`under_way` are the calls that somebody would have to cancel.

    A call of an outside server is written down in `begun`, and kept, before it is made: it is made once at most.
    """

    tasks: Tasks
    tools: Mapping[str, OfferedTool]
    context: ToolContext
    say: Callable[[Chunk], None]
    passage: Passage
    begun: list[str] = field(default_factory=list)
    keep: Callable[[], Awaitable[None]] = _nothing_to_keep
    is_again: bool = False  # another process may have made its calls already
    under_way: dict[str, TaskRow] = field(default_factory=dict)
    allowed: dict[str, dict[str, JsonValue]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    _asking: "asyncio.Task[None] | None" = None

    @property
    def offers(self) -> list[Offer]:
        return [tool.offer for tool in self.tools.values()]

    async def ask(self, call: Call, call_id: str) -> AnswerKept | Awaited | None:
        if call_id in self.begun:
            return NOT_KNOWN
        tool = self.tools.get(call.tool)
        if tool is None:
            return _mend(f"There is no tool {call.tool[:100]!r}; there are: {', '.join(self.tools) or 'none'}.")
        if call.arguments is None:
            return _mend(f"The arguments of {call.tool!r} are no JSON object.")
        if self.is_again and (made := await self.tasks.made_before(self.context.owner, _key(call_id))):
            self.under_way[call_id] = made  # whatever has changed since, it is that call
            return None
        try:
            return await self._begun(tool, call, call_id)
        except (InvalidInput, NotFound, Conflict) as error:
            return _mend(str(error))

    async def answer(self, call: Call, call_id: str) -> AnswerKept:
        tool = self.tools[call.tool]
        came = await (
            self._by_another(tool, call_id) if isinstance(tool, OutsideTool) else self._by_a_worker(tool, call_id)
        )
        note = self.notes.get(call_id, "")
        if isinstance(came, ToolDone):
            return AnswerKept(text=f"{note}{came.text}", outcome="done", output=came.output)
        return AnswerKept(text=f"{note}{came.reason}", outcome="failed")

    async def cancel(self) -> None:
        """Nobody waits for the calls under way any more."""
        if self._asking is not None:
            await asyncio.wait([self._asking])
        for row in self.under_way.values():
            await withdrawn(self.tasks, row.id, row.owner)

    async def _begun(self, tool: OfferedTool, call: Call, call_id: str) -> AnswerKept | Awaited | None:
        arguments = call.arguments or {}
        if not isinstance(tool, OutsideTool):
            await tool.job_of(arguments, self.context)  # nobody is bothered with what can't be called
        passed = await self.passage.of(tool, arguments, call_id)
        if not isinstance(passed, Allowed):
            return Awaited(passed.approval_id) if isinstance(passed, Asked) else _denied(passed.reason)
        arguments = self._noted(passed, call, call_id)
        if isinstance(tool, OutsideTool):
            self.allowed[call_id] = arguments
            self.begun.append(call_id)
            await self.keep()
            return None
        self._asking = asyncio.create_task(self._asked(call_id, tool, await tool.job_of(arguments, self.context)))
        await asyncio.shield(self._asking)  # a worker may have it already: we must know which task to cancel
        return None

    def _noted(self, allowed: Allowed, call: Call, call_id: str) -> dict[str, JsonValue]:
        """What a person has approved is shown as it is called; the model is told what was changed."""
        if allowed.by_person:
            which: Chunk = {"toolCallId": call_id, "toolName": call.tool}
            self.say({"type": "tool-input-available", "input": allowed.arguments, **which})
        if allowed.note:
            self.notes[call_id] = f"{allowed.note}\n\n"
        return allowed.arguments

    async def _by_a_worker(self, tool: AnyTool, call_id: str) -> ToolDone | ToolFailed:
        row = self.under_way[call_id]
        shown = Shown(call_id, {"task_id": row.id}, self.say)
        announced = self.passage.announced(row, tool.name)

        def hear(event: Event) -> None:
            shown.hear(event)
            announced.hear(event)

        came = await answered(self.tasks, tool, row, hear)
        del self.under_way[call_id]
        if isinstance(came, ToolDone):
            self.context = replace(self.context, last={**self.context.last, tool.name: row.id})
        return came

    async def _by_another(self, tool: OutsideTool, call_id: str) -> ToolDone | ToolFailed:
        shown = Shown(call_id, {"server": tool.server.name}, self.say)
        shown.show({"state": "running"})
        came = await tool.server.call(tool.own_name, self.allowed[call_id], shown.hear)
        shown.show({"state": "done" if isinstance(came, ToolDone) else "failed"})
        return came

    async def _asked(self, call_id: str, tool: AnyTool, job: Message) -> None:
        self.under_way[call_id] = await asked(self.tasks, tool, job, context=self.context, key=_key(call_id))


@dataclass
class Shown:
    """What the page shows of a call while it runs: one part, replaced each time something happens."""

    call_id: str
    data: dict[str, Any]
    say: Callable[[Chunk], None]

    def hear(self, event: Event) -> None:
        match event:
            case Queued(place=place):
                news: dict[str, Any] = {"state": "queued", "place": place}
            case Started(worker=worker, attempt=attempt):
                news = {"state": "running", "worker": worker, "attempt": attempt, "started_at": event.at.isoformat()}
            case Progress(fraction=fraction, text=text):
                news = {"fraction": fraction, "text": text}
            case Log(text=text):
                news = {"output": (self.data.get("output", "") + text)[-LONGEST_OUTPUT:]}
            case Retrying(pause=pause, failure=failure):
                news = {"state": "retrying", "pause": pause, "text": failure.message}
            case WaitingInput(question=question):
                news = {"state": "waiting_input", "question": question}
            case Done() | Failed() | Cancelled():
                news = {"state": event.type, "ended_at": event.at.isoformat()}
            case _:
                return
        self.show(news)

    def show(self, news: dict[str, Any]) -> None:
        self.data = self.data | news
        self.say({"type": "data-tool", "id": self.call_id, "data": self.data})


def _key(call_id: str) -> str:
    return f"chat:{call_id}"


def _mend(text: str) -> AnswerKept:
    return AnswerKept(text=text, outcome="mend")


def _denied(reason: str) -> AnswerKept:
    return AnswerKept(text=reason, outcome="denied")
