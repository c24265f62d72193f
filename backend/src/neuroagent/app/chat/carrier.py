"""One run in the hands of one process: carried out, kept at each step, and ended in one of a few ways."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import JsonValue
from redis.exceptions import RedisError

from neuroagent.app.background import cancelled
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.progress import Progress
from neuroagent.app.chat.run_rows import RunRows
from neuroagent.app.chat.run_stream import LostRun, RunStream
from neuroagent.app.chat.toolbox import WorkerTools
from neuroagent.app.chat.turn import Turn
from neuroagent.app.chat.wire import Chunk, UiMessage, chunks_of
from neuroagent.app.errors import Unavailable
from neuroagent.app.llm.model import ModelAway, from_nobody, from_tools
from neuroagent.app.llm.speech import Answered
from neuroagent.app.notifications.bulletin import Bulletin

Wish = Literal["stop", "leave"]
WAITING: Final[tuple[Chunk, ...]] = ({"type": "finish-step"}, {"type": "finish", "finishReason": "tool-calls"})
STOPPED: Final = "The person stopped it before it ended."

logger = logging.getLogger(__name__)


def started(run: RunRow) -> Chunk:
    """What every telling of a run begins with."""
    metadata: dict[str, JsonValue] = {"runId": run.id, "threadId": run.thread_id}
    return {"type": "start", "messageId": run.answer, "messageMetadata": metadata}


@dataclass(frozen=True)
class Ending:
    state: str
    last_words: tuple[Chunk, ...]
    failure: str | None = None


@dataclass
class Carrier:
    run: RunRow
    rows: RunRows
    stream: RunStream
    ui: UiMessage
    progress: Progress
    toolbox: WorkerTools
    turn: Turn
    model: str
    bulletin: Bulletin
    wish: "asyncio.Future[Wish]"

    async def carry(self) -> None:
        """Until it has ended, or somebody else may go on with it."""
        try:
            await self.stream.begin(*self._told_before())
            match await self._ending():
                case Ending() as ending:
                    await self._end(ending)
                case "waiting":
                    await self._tell_end(*WAITING)
                case _:
                    await self._leave()
        except LostRun:
            await self.stream.leave()
            logger.info("run.lost")
        except (RedisError, Unavailable) as error:
            await self._leave()
            logger.warning("run.released", extra={"reason": str(error)})

    async def interrupted(self, why: str) -> None:
        """What nobody can carry out is ended with what was there."""
        await self.stream.begin(*self._told_before())
        ending = self._failed(why)
        await self._end(Ending("interrupted", ending.last_words, ending.failure))

    def say(self, chunk: Chunk) -> None:
        self.ui.add(chunk)
        self.stream.say(chunk)

    async def keep(self) -> None:
        if not await self.rows.keep(self.run, self.progress.checkpoint(self.ui.parts)):
            raise LostRun("another process has it")

    def wants(self, wish: Wish) -> None:
        if not self.wish.done():
            self.wish.set_result(wish)

    def _told_before(self) -> list[Chunk]:
        return [started(self.run), *chunks_of(self.ui.parts)]

    async def _ending(self) -> Ending | Literal["waiting"] | None:
        """None: it hasn't ended, and goes on elsewhere; nor has one that waits for a person."""
        ending = await self._once()
        while ending == "waiting":
            match await self.rows.rest(self.run, self.progress.checkpoint(self.ui.parts)):
                case "resting":
                    return "waiting"
                case "stopped":
                    self.wants("stop")
                    return await self._cut_short()
                case "lost":
                    raise LostRun("another process has it")
            ending = await self._once()  # the person has answered already
        return ending

    async def _once(self) -> Ending | Literal["waiting"] | None:
        turn = asyncio.create_task(self.turn.carried_out())
        either: list[asyncio.Future[Any]] = [turn, self.wish]
        await asyncio.wait(either, timeout=self.turn.limits.seconds, return_when="FIRST_COMPLETED")
        if not turn.done():
            await cancelled(turn)
        if turn.cancelled():
            return await self._cut_short()
        match turn.exception():
            case None if turn.result() == "waiting":
                return "waiting"
            case None:
                return Ending("done", ({"type": "finish", "finishReason": turn.result()},))
            case ModelAway() as away:
                return self._failed(str(away))
            case LostRun() | RedisError() | Unavailable() as trouble:
                raise trouble
            case bug:  # the edge of the stream: whatever it was, the person hears of it, and the log has the cause
                await self.toolbox.cancel()
                logger.error("run.crashed", exc_info=bug)
                return self._failed("Something broke on our side.")

    async def _cut_short(self) -> Ending | None:
        if self.wish.done() and self.wish.result() == "leave":
            return None
        await self.toolbox.cancel()
        if self.wish.done():
            return Ending("stopped", ({"type": "abort"},))
        return self._failed(f"The answer took longer than {self.turn.limits.seconds:g} s, and was stopped.")

    def _failed(self, why: str) -> Ending:
        text = f"{why} (request {self.run.trace_id})"
        return Ending(
            "failed", ({"type": "error", "errorText": text}, {"type": "finish", "finishReason": "error"}), text
        )

    async def _end(self, ending: Ending) -> None:
        """First it is kept, then it is told: who hears the end finds the answer."""
        answer = {
            "state": "complete" if ending.state == "done" else ending.state,
            "parts": self.ui.closed(),
            "exchange": self._exchange(),
            "model": self.progress.model or self.model,
            "tokens_in": self.progress.tokens_in,
            "tokens_out": self.progress.tokens_out,
            "cost": self.turn.model.cost(self.progress.tokens_in, self.progress.tokens_out),
        }
        if not await self.rows.end(self.run, ending.state, answer, ending.failure):
            raise LostRun("another process has it")
        logger.info("run.ended", extra={"state": ending.state, "steps": self.progress.steps})
        await self._tell_end(*ending.last_words)

    async def _tell_end(self, *last_words: Chunk) -> None:
        await self.bulletin.ring(self.run.owner)
        try:
            await self.stream.end(*last_words)
        except RedisError as error:  # who reads finds the end in the database
            logger.warning("run.end_not_told", extra={"reason": str(error)})

    async def _leave(self) -> None:
        await self.stream.leave()
        await self.rows.release(self.run)

    def _exchange(self) -> list[Any]:
        """A history that a model can go on from, also when its last step is missing."""
        entries = list(self.progress.exchange)
        if calls := self.progress.open_calls:
            answers = [
                self.progress.answers.get(f"{self.run.id}-{self.progress.steps - 1}-{n}") for n in range(len(calls))
            ]
            told = zip(calls, answers, strict=True)
            entries.append(
                from_tools([Answered(c, a.text if a else STOPPED, a.outcome if a else "failed") for c, a in told])
            )
        if said := self._half_said():
            entries.append(from_nobody(said))
        return entries or [from_nobody(STOPPED)]

    def _half_said(self) -> str:
        """The words of a step that the history doesn't hold."""
        steps = [place for place, part in enumerate(self.ui.parts) if part["type"] == "step-start"]
        if len(steps) <= self.progress.steps:
            return ""
        return "".join(part["text"] for part in self.ui.parts[steps[-1] :] if part["type"] == "text")
