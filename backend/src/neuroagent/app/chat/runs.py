"""The runs of this process: begun, kept alive, stopped, and taken up when the process that held them has died."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import JsonValue
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.approvals.gate import Gate
from neuroagent.app.background import cancelled
from neuroagent.app.chat.briefing import Briefing
from neuroagent.app.chat.carrier import Carrier
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.passage import Passage
from neuroagent.app.chat.progress import Checkpoint, Progress
from neuroagent.app.chat.run_rows import RunRows
from neuroagent.app.chat.run_stream import RunStream
from neuroagent.app.chat.threads import Threads
from neuroagent.app.chat.titles import Titles
from neuroagent.app.chat.toolbox import WorkerTools
from neuroagent.app.chat.turn import Turn, TurnLimits
from neuroagent.app.chat.wire import Chunk, UiMessage
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.engine.client import Tasks
from neuroagent.app.errors import AppError
from neuroagent.app.llm.opened import Models
from neuroagent.app.tools.offered import as_offered
from neuroagent.app.tools.outside import OfferedTool
from neuroagent.config.logging import bound

BEAT: Final = 2.0  # seconds
MOST_ATTEMPTS: Final = 5
GIVEN_UP: Final = "The answer was interrupted, and could not be taken up again; what was there is kept."

logger = logging.getLogger(__name__)


@dataclass
class Runs:
    rows: RunRows
    threads: Threads
    files: ThreadFiles
    redis: Redis
    tasks: Tasks
    models: Models
    tools: Mapping[str, OfferedTool]
    circuits: Circuits
    limits: TurnLimits
    gate: Gate
    _carried: dict[str, tuple[Carrier, "asyncio.Task[None]"]] = field(default_factory=dict)
    _is_open: bool = False

    def __post_init__(self) -> None:
        self.briefing = Briefing(self.circuits)
        self._titles = Titles(self.threads, self.models.default)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._is_open = True
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._is_open = False
            await cancelled(watching)
            await self._titles.close()
            await self._leave_all()

    async def begin(self, thread_id: str) -> None:
        """Carry out what waits in a thread, if nothing runs in it."""
        if self._is_open and (run := await self.rows.claim_next(thread_id)):
            await self._take(run)

    async def go_on(self, run_id: str) -> None:
        """A person has answered, or stopped it: if nothing else is waited for, it is carried out here."""
        if self._is_open and run_id not in self._carried and (run := await self.rows.claim_dead(run_id)):
            await self._take_up(run)

    def stop(self, run_id: str) -> None:
        """If it is carried out here."""
        if run_id in self._carried:
            self._carried[run_id][0].wants("stop")

    async def withdraw(self, run: RunRow) -> bool:
        """Take back what waits, and tell whoever waits for it."""
        if not await self.rows.withdraw(run):
            return False
        await RunStream(self.redis, run.id, run.attempt + 1).end({"type": "abort"})
        return True

    async def _take(self, run: RunRow) -> None:
        carrier = await self._carrier(run)
        carrying = asyncio.create_task(self._carry(carrier))
        self._carried[run.id] = carrier, carrying

    async def _carry(self, carrier: Carrier) -> None:
        run = carrier.run
        with bound(run_id=run.id, thread_id=run.thread_id, user_id=run.owner, trace_id=run.trace_id):
            try:
                await carrier.carry()
                self._titles.begin(run)
                await self.begin(run.thread_id)
            except (SQLAlchemyError, OSError, RedisError) as error:  # it is taken up when its lease has run out
                logger.warning("run.left", extra={"reason": str(error)})
            finally:
                self._carried.pop(run.id, None)

    async def _carrier(self, run: RunRow) -> Carrier:
        kept = Checkpoint.model_validate(run.progress or {})
        progress, ui = Progress.after(kept), UiMessage(kept.parts)
        stream = RunStream(self.redis, run.id, run.attempt)
        thread = await self.threads.mine(run.thread_id, run.owner)
        chosen = thread.tools if isinstance(thread.tools, list) else list(self.tools)
        branch = await self.threads.branch(run.thread_id, run.question)
        model = self.models.chosen(thread.model)

        def say(chunk: Chunk) -> None:
            carrier.say(chunk)

        tools = await as_offered({name: tool for name, tool in self.tools.items() if name in chosen}, self.redis)
        parts = [part for message in branch for part in _entries(message.parts)]
        files = await self.files.at_hand(run.owner, run.thread_id, run.created_at)
        context = self.briefing.context(run, thread, [*parts, *kept.parts], files)
        toolbox = WorkerTools(
            self.tasks,
            tools,
            context,
            say,
            Passage(self.gate, run),
            progress.begun,
            lambda: carrier.keep(),  # noqa: PLW0108 - as below
            is_again=run.attempt > 1,
        )
        turn = Turn(
            run.id,
            model,
            await self.briefing.instructions(thread, with_works=not model.can_think),
            toolbox,
            self.limits,
            [entry for message in branch for entry in _entries(message.exchange)],
            progress,
            say,
            lambda: carrier.keep(),  # noqa: PLW0108 - the carrier is made after its turn
        )
        wish = asyncio.get_running_loop().create_future()
        bulletin = self.gate.bulletin
        carrier = Carrier(run, self.rows, stream, ui, progress, toolbox, turn, model.name, bulletin, wish)
        return carrier

    async def _watch(self) -> None:
        while True:
            try:
                await self._look()
            except (SQLAlchemyError, RedisError, OSError, AppError) as error:
                logger.warning("runs.not_watched", extra={"reason": str(error)})
            await asyncio.sleep(BEAT)

    async def _look(self) -> None:
        """Keep our own alive; take up those of the dead, while there is a Redis to tell of them."""
        for run_id, stop_requested in await self.rows.renew():
            if stop_requested:
                self.stop(run_id)
        await self.redis.ping()
        for run_id in await self.rows.dead():
            if run_id not in self._carried and (run := await self.rows.claim_dead(run_id)):
                await self._take_up(run)
        for thread_id in await self.rows.threads_left_waiting():
            await self.begin(thread_id)

    async def _take_up(self, run: RunRow) -> None:
        logger.info("run.taken_up", extra={"run_id": run.id, "attempt": run.attempt})
        if run.attempt - run.rested <= MOST_ATTEMPTS:
            await self._take(run)
            if run.stop_requested:
                self.stop(run.id)
            return
        await (await self._carrier(run)).interrupted(GIVEN_UP)
        await self.begin(run.thread_id)

    async def _leave_all(self) -> None:
        carried = [*self._carried.values()]
        for carrier, _ in carried:
            carrier.wants("leave")
        if carried:
            await asyncio.wait([carrying for _, carrying in carried])


def _entries(kept: JsonValue) -> list[Any]:
    return kept if isinstance(kept, list) else []
