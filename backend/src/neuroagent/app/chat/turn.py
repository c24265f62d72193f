"""The turn: ask the model, call its tools, repeat, until it has nothing more to ask for; no HTTP, no database."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from pydantic import Field, JsonValue

from neuroagent.app.chat.progress import AnswerKept, Awaited, Progress
from neuroagent.app.chat.wire import Chunk
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.speech import Answered, Call, CallBegun, CallWritten, Offer, PartEnded, Reply, Said
from neuroagent.config.settings import Section

Finish = Literal["stop", "length", "waiting"]
UI_NAME: Final = {"text": "text", "thought": "reasoning"}
TOO_MANY: Final = AnswerKept(text="It wasn't called: this answer has made as many calls as it may.", outcome="failed")


class TurnLimits(Section):
    """How much one answer may take."""

    steps: int = Field(20, ge=1, description="Times that the model is asked for one answer.")
    tool_calls: int = Field(40, ge=0, description="Tool calls of one answer.")
    tokens: int = Field(400_000, ge=1, description="Tokens of one answer, read and written.")
    seconds: float = Field(1_800, gt=0, description="Seconds that one answer may take.")


class Toolbox(Protocol):
    """What the model's calls come to."""

    @property
    def offers(self) -> Sequence[Offer]: ...

    async def ask(self, call: Call, call_id: str) -> AnswerKept | Awaited | None:
        """Have it begin; an answer here means that it can't be called like that, or not before a person's yes."""

    async def answer(self, call: Call, call_id: str) -> AnswerKept:
        """Wait for what comes of it."""


@dataclass(frozen=True)
class Turn:
    """`say` tells whoever reads; `keep` writes down how far it is."""

    run_id: str
    model: ChatModel
    instructions: str
    toolbox: Toolbox
    limits: TurnLimits
    history: Sequence[JsonValue]
    progress: Progress
    say: Callable[[Chunk], None]
    keep: Callable[[], Awaitable[None]]

    async def carried_out(self) -> Finish:
        """From wherever it is to its end, or to where a person has to answer first."""
        while True:
            if self.progress.open_calls:
                if not await self._call_tools(self.progress.open_calls):
                    return "waiting"
            elif self.progress.has_replied:
                return "stop"
            if why := self._exhausted():
                self._note(why)
                return "length"
            await self._ask_model()

    async def _ask_model(self) -> None:
        self.say({"type": "start-step"})
        kinds: dict[int, str] = {}
        begun = 0
        history = [*self.history, *self.progress.exchange]
        async for speech in self.model.replies(history, self.instructions, self.toolbox.offers):
            match speech:
                case Said(place=place, kind=kind, text=text):
                    self._spoken(place, UI_NAME[kind], text, kinds)
                case CallBegun(place=place, tool=tool):
                    kinds[place] = self._call_id(self.progress.steps, begun)
                    begun += 1
                    self.say({"type": "tool-input-start", "toolCallId": kinds[place], "toolName": tool})
                case CallWritten(place=place, text=text):
                    self.say({"type": "tool-input-delta", "toolCallId": kinds[place], "inputTextDelta": text})
                case PartEnded(place=place) if kinds.get(place) in UI_NAME.values():
                    self.say({"type": f"{kinds[place]}-end", "id": self._part_id(place)})
                case Reply():
                    self._replied(speech)
        await self.keep()

    def _spoken(self, place: int, kind: str, text: str, kinds: dict[int, str]) -> None:
        if place not in kinds:
            kinds[place] = kind
            self.say({"type": f"{kind}-start", "id": self._part_id(place)})
        if text:
            self.say({"type": f"{kind}-delta", "id": self._part_id(place), "delta": text})

    def _replied(self, reply: Reply) -> None:
        for number, call in enumerate(reply.calls):
            which: Chunk = {"toolCallId": self._call_id(self.progress.steps, number), "toolName": call.tool}
            if call.arguments is None:
                error = "The arguments are no JSON object."
                self.say({"type": "tool-input-error", "input": call.written, "errorText": error, **which})
            else:
                self.say({"type": "tool-input-available", "input": call.arguments, **which})
        self.progress.replied(reply)
        if not reply.calls:
            self.say({"type": "finish-step"})

    async def _call_tools(self, calls: Sequence[Call]) -> bool:
        """They begin in the order in which the model named them, and run side by side; whether all have an answer."""
        ids = [self._call_id(self.progress.steps - 1, number) for number in range(len(calls))]
        missing = [(one, call) for one, call in zip(ids, calls, strict=True) if one not in self.progress.answers]
        begun = [(call_id, call) for call_id, call in missing if await self._began(call_id, call)]
        await _all(self._answer(call_id, call) for call_id, call in begun)
        if any(one not in self.progress.answers for one in ids):
            return False
        told = [self.progress.answers[one] for one in ids]
        answers = [Answered(call, one.text, one.outcome) for call, one in zip(calls, told, strict=True)]
        self.progress.answered(answers)
        self.say({"type": "finish-step"})
        await self.keep()
        return True

    async def _began(self, call_id: str, call: Call) -> bool:
        is_one_too_many = self.progress.calls > self.limits.tool_calls
        refusal = TOO_MANY if is_one_too_many else await self.toolbox.ask(call, call_id)
        match refusal:
            case AnswerKept():
                await self._answered(call_id, call, refusal)
            case Awaited(approval_id=approval_id):
                self.say({"type": "tool-approval-request", "approvalId": approval_id, "toolCallId": call_id})
        return refusal is None

    async def _answer(self, call_id: str, call: Call) -> None:
        await self._answered(call_id, call, await self.toolbox.answer(call, call_id))

    async def _answered(self, call_id: str, call: Call, answer: AnswerKept) -> None:
        if answer.outcome == "done":
            self.say({"type": "tool-output-available", "toolCallId": call_id, "output": answer.output})
        elif answer.outcome == "denied":
            self.say({"type": "tool-output-denied", "toolCallId": call_id, "reason": answer.text})
        elif call.arguments is not None:  # of the others it was said when they were written
            self.say({"type": "tool-output-error", "toolCallId": call_id, "errorText": answer.text})
        self.progress.answers[call_id] = answer.model_copy(update={"output": None})
        await self.keep()

    def _exhausted(self) -> str:
        if self.progress.steps >= self.limits.steps:
            return f"This answer has taken {self.progress.steps} steps, which is as many as one may."
        if self.progress.calls > self.limits.tool_calls:
            return f"This answer has made {self.progress.calls} tool calls; one may make {self.limits.tool_calls}."
        if self.progress.tokens > self.limits.tokens:
            return f"This answer has taken {self.progress.tokens:,} tokens; one may take {self.limits.tokens:,}."
        return ""

    def _note(self, why: str) -> None:
        text = f"I stop here. {why} Say “go on”, and I will."
        self.say({"type": "start-step"})
        self._spoken(0, "text", text, {})
        self.say({"type": "text-end", "id": self._part_id(0)})
        self.say({"type": "finish-step"})

    def _part_id(self, place: int) -> str:
        return f"{self.progress.steps}-{place}"

    def _call_id(self, step: int, number: int) -> str:
        """The same for the same call, whichever process makes it."""
        return f"{self.run_id}-{step}-{number}"


async def _all(doing: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Side by side; when one breaks, the others are left at once."""
    tasks = [asyncio.ensure_future(one) for one in doing]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
