"""The app's only door to the workers: a job goes in by its contract, an answer comes out, whatever dies in between."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import uuid4

from pydantic import JsonValue, TypeAdapter

from neuroagent.app.engine.acceptance import Acceptance
from neuroagent.app.engine.dispatch import Dispatch
from neuroagent.app.engine.hub import Hub, Word
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.listening import Listening, Told
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.redis import redis_needed
from neuroagent.app.engine.rows import is_withdrawn
from neuroagent.app.engine.states import ENDED
from neuroagent.app.engine.turns import Turns
from neuroagent.app.errors import Conflict, NotFound, Unavailable
from neuroagent.task_schemas.contract import In, Message, Out, TaskContract
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import (
    Cancelled,
    Done,
    Ending,
    Event,
    Failed,
    Progress,
    Queued,
)
from neuroagent.task_schemas.files import StoredFile

ONE_DAY: Final = timedelta(days=1)
BREATH: Final = 0.2

JsonText: Final[TypeAdapter[JsonValue]] = TypeAdapter(JsonValue)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TaskView:
    """A task as its owner sees it."""

    row: TaskRow
    worker: str | None = None
    progress: Progress | None = None
    event: Word | None = None


class TaskFailed(Exception):
    """The task ended without an answer, and this is why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class TaskCancelled(Exception):
    """Somebody cancelled it."""


class StillRunning(Exception):
    """Patience ended before the task did; it goes on, and `task_id` finds it again."""

    def __init__(self, task_id: str, patience: timedelta) -> None:
        super().__init__(f"Task {task_id!r} hasn't ended within {patience.total_seconds():g} s; it goes on.")
        self.task_id = task_id


@dataclass(frozen=True)
class Tasks:
    """Submit, wait, follow, cancel."""

    ledger: Ledger
    turns: Turns
    hub: Hub
    dispatch: Dispatch

    async def submit(
        self, contract: TaskContract[In, Out], job: In, *, owner: str, trace_id: str, key: str | None = None
    ) -> TaskRow:
        """Queue a job and return its row at once; the same key with the same job is the same task."""
        return await self._submit(self._row(contract, job, owner, trace_id, key), job)

    async def run(  # noqa: PLR0913 - all but the job are keywords
        self,
        contract: TaskContract[In, Out],
        job: In,
        *,
        owner: str,
        trace_id: str,
        key: str | None = None,
        on_event: Callable[[Event], None] | None = None,
        patience: timedelta | None = None,
    ) -> Out:
        """Submit and wait for the typed answer; TaskFailed, TaskCancelled or StillRunning say why there is none."""
        row = self._row(contract, job, owner, trace_id, key)
        patience = patience or contract.hard_timeout * contract.retries.attempts
        try:
            async with asyncio.timeout(patience.total_seconds()):
                with self.hub.expecting(row.id) as word:
                    mine, row = row.id, await self._submit(row, job)
                    ending = await self._ending(row, word if row.id == mine else None, on_event)
        except TimeoutError:
            raise StillRunning(row.id, patience) from None
        return contract.decode_output(await self.output(ending))

    async def look(self, task_id: str, *, owner: str, patience: timedelta) -> TaskView:
        """How the task stands, waiting for its end, or for its question to a person, as long as there is patience."""
        row = await self.mine(task_id, owner)
        if row.state in ENDED:
            return TaskView(row)
        with redis_needed():
            event = await self._listening.word(row, patience)
            return TaskView(row, event=event) if event else TaskView(row, *await self._listening.under_way(row))

    async def follow(self, task_id: str, *, owner: str, after: str = "0") -> AsyncGenerator[Told]:
        """All that is told of a task, from its beginning or from an entry on, until it ends; each thing once."""
        row = await self.mine(task_id, owner)
        if row.state == "queued" and after == "0":
            yield None, Queued(at=row.created_at, place=await self.ledger.place(row))
        with redis_needed():
            async with aclosing(self._listening.told(row, after)) as told:
                async for entry, event in told:
                    yield entry, event

    async def cancel(self, task_id: str, *, owner: str) -> TaskRow:
        """What hasn't started never will; what runs is told to stop. Cancelled is final."""
        row = await self.mine(task_id, owner)
        if row.state in ENDED:
            raise Conflict(f"Task {task_id!r} has ended already: it is {row.state}.")
        with redis_needed():
            await self.ledger.request_cancel(task_id)
            await self.turns.ask_to_stop(task_id)
            ending = Cancelled(at=datetime.now(UTC))
            if await self.turns.end(task_id, self.hub.inbox, ending):
                await self.dispatch.ended(task_id, ending)
        return await self.mine(task_id, owner)

    async def retry(self, task_id: str, *, owner: str) -> TaskRow:
        """Start a task that failed, died or timed out from the beginning."""
        row = await self.mine(task_id, owner)
        with redis_needed():
            await self.turns.see([task_id])  # Redis that is away is found out before anything is written down
            if not await self.ledger.revive(row, time.time()):
                raise Conflict(f"Task {task_id!r} is {row.state}; what failed, died or timed out can be tried again.")
            await self.turns.forget(task_id)
            return await self._sent(task_id, owner)

    async def answer(self, task_id: str, answer: JsonValue, *, owner: str) -> TaskRow:
        """A person's answer starts the next attempt."""
        row = await self.mine(task_id, owner)
        with redis_needed():
            await self.turns.see([task_id])  # as above
            if not await self.ledger.answered(row, time.time(), answer):
                raise Conflict(f"Task {task_id!r} isn't waiting for an answer: it is {row.state}.")
            await self.turns.forget_attempts(task_id)
            return await self._sent(task_id, owner)

    async def made_before(self, owner: str, key: str) -> TaskRow | None:
        """What was submitted under this key, unless it was refused."""
        row = await self.ledger.by_key(owner, key)
        return None if row is None or is_withdrawn(row) else row

    async def mine(self, task_id: str, owner: str) -> TaskRow:
        row = await self.ledger.find(task_id, owner)
        if row is None:
            raise NotFound(f"There is no task {task_id[:100]!r}.")
        return row

    async def _sent(self, task_id: str, owner: str) -> TaskRow:
        """What the row says by now stands; where the queue is away, the reconciler sends it."""
        row = await self.mine(task_id, owner)
        try:
            await self.dispatch.send(row)
        except Unavailable as error:
            logger.warning("task.sent_later", extra={"task_id": task_id, "reason": str(error)})
        return row

    def _row(self, contract: TaskContract[In, Out], job: In, owner: str, trace_id: str, key: str | None) -> TaskRow:
        return TaskRow(
            id=str(uuid4()),
            name=contract.name,
            queue=contract.queue,
            owner=owner,
            trace_id=trace_id,
            idempotency_key=key,
            state="queued",
            attempts=0,
            inbox=self.hub.inbox,
            input=contract.encode(job),
            created_at=datetime.now(UTC),
            sent_at=time.time(),
            alive_at=0.0,
            cancel_requested=False,
        )

    @property
    def _listening(self) -> Listening:
        return Listening(self.ledger, self.turns, self.hub)

    async def _submit(self, row: TaskRow, job: Message) -> TaskRow:
        return await Acceptance(self.ledger, self.dispatch, self.hub).of(row, job)

    async def _ending(
        self, row: TaskRow, word: "asyncio.Future[Word] | None", on_event: Callable[[Event], None] | None
    ) -> Ending:
        if on_event is not None:
            async with aclosing(self.follow(row.id, owner=row.owner)) as told:
                async for _, event in told:
                    on_event(event)
                    if isinstance(event, Ending):
                        return event
        if word is not None and isinstance(first := await word, Ending):
            return first
        while True:  # it waits for a person, or was submitted before under this key
            if isinstance(later := await self._listening.word(row, ONE_DAY), Ending):
                return later
            await asyncio.sleep(BREATH)

    async def output(self, ending: Ending) -> JsonValue:
        """The answer itself, wherever it lies; TaskFailed or TaskCancelled if there is none."""
        match ending:
            case Done(stored=None, output=output):
                return output
            case Done(stored=StoredFile() as file):
                content = b"".join([chunk async for chunk in self.dispatch.storage.read(file.key)])
                return JsonText.validate_json(content)
            case Failed(failure=failure):
                raise TaskFailed(failure)
            case _:
                raise TaskCancelled("The task was cancelled.")


def webhook_task_id(source: str, message_id: str, user_id: str, action: str) -> str:
    """One key for one message of the outside world, however often it is delivered."""
    parts = json.dumps([source, message_id, user_id, action], ensure_ascii=False)
    return f"webhook:{sha256(parts.encode()).hexdigest()}"
