"""/api/tasks: submit by contract name, wait, follow, cancel, try again, answer; fetch the files a task made."""

from collections.abc import AsyncIterator
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, status
from fastapi.responses import RedirectResponse, StreamingResponse
from pydantic import Field, ValidationError

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.cursors import cursor, place
from neuroagent.app.engine.client import Tasks, TaskView
from neuroagent.app.engine.ledger import Filter
from neuroagent.app.engine.states import State
from neuroagent.app.errors import InvalidInput, NotFound
from neuroagent.app.jobs.schemas import Answer, Submission, Submitted, TaskPage, TaskState
from neuroagent.app.jobs.server_sent import server_sent
from neuroagent.app.storage import Storage
from neuroagent.app.storage.grants import task_prefix
from neuroagent.app.tracing import current_trace_id
from neuroagent.config.settings import Section
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.contract import Message, TaskContract

LONGEST_WAIT: Final = 60
LONGEST_PAGE: Final = 200
LINK_LIFETIME: Final = timedelta(minutes=5)

Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$", examples=["order-1001"]),
]
Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")]
Entry = Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,20}-\d{1,20}$")]


class JobsSettings(Section):
    """How tasks are asked for over HTTP."""

    max_body_bytes: int = Field(4 * 2**20, gt=0, description="The largest submission; files travel apart.")
    wait: float = Field(30, ge=0, le=LONGEST_WAIT, description="Seconds to wait for an answer when none are named.")


def jobs_router(tasks: Tasks, storage: Storage, settings: JobsSettings) -> APIRouter:
    router = APIRouter(prefix="/api/tasks", tags=["tasks"], route_class=limited_to(settings.max_body_bytes))

    @router.post("", status_code=status.HTTP_202_ACCEPTED)
    async def submit(submission: Submission, caller: CurrentCaller, key: Key = None) -> Submitted:
        """Queue a task and answer with its id at once; the same `Idempotency-Key` gets the same task."""
        contract = _contract(submission.name)
        job = _job(contract, submission.input)
        row = await tasks.submit(contract, job, owner=caller.user_id, trace_id=current_trace_id(), key=key)
        return Submitted.model_validate({"id": row.id, "state": row.state})

    @router.get("")
    async def page(  # noqa: PLR0913, PLR0917 - each is a parameter of the query
        caller: CurrentCaller,
        state: State | None = None,
        name: Annotated[str | None, Query(max_length=100)] = None,
        queue: Annotated[str | None, Query(max_length=100)] = None,
        before: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
    ) -> TaskPage:
        """Your tasks, newest first; `state=dead` are those whose worker died as often as they may be tried."""
        wanted = Filter(state, name, queue, place(before, _is_task_id), limit)
        rows = await tasks.ledger.page(caller.user_id, wanted)
        last = cursor(rows[-1].created_at, rows[-1].id) if len(rows) == limit else None
        return TaskPage(tasks=[TaskState.of(TaskView(row)) for row in rows], next=last)

    @router.get("/{task_id}")
    async def look(
        task_id: str,
        caller: CurrentCaller,
        wait: Annotated[
            float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")
        ] = settings.wait,
    ) -> TaskState:
        """How a task stands: at once when it has ended, else when it ends or patience does."""
        return TaskState.of(await tasks.look(task_id, owner=caller.user_id, patience=timedelta(seconds=wait)))

    @router.get("/{task_id}/events", response_class=StreamingResponse)
    async def events(task_id: str, caller: CurrentCaller, last_seen: Entry = None) -> StreamingResponse:
        """All that is told of a task, as server-sent events; `Last-Event-ID` goes on where a reader was."""
        await tasks.mine(task_id, caller.user_id)
        told = tasks.follow(task_id, owner=caller.user_id, after=last_seen or "0")
        stream: AsyncIterator[str] = server_sent(told)
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    @router.post("/{task_id}/cancel")
    async def cancel(task_id: str, caller: CurrentCaller) -> TaskState:
        """What hasn't started never will; what runs is told to stop within a second."""
        return TaskState.of(TaskView(await tasks.cancel(task_id, owner=caller.user_id)))

    @router.post("/{task_id}/retry", status_code=status.HTTP_202_ACCEPTED)
    async def retry(task_id: str, caller: CurrentCaller) -> TaskState:
        """Start a task that failed, died or timed out from the beginning."""
        return TaskState.of(TaskView(await tasks.retry(task_id, owner=caller.user_id)))

    @router.post("/{task_id}/input", status_code=status.HTTP_202_ACCEPTED)
    async def answer(task_id: str, given: Answer, caller: CurrentCaller) -> TaskState:
        """Answer the question of a task that waits for a person; of two answers one counts, the other is a 409."""
        return TaskState.of(TaskView(await tasks.answer(task_id, given.answer, owner=caller.user_id)))

    @router.get("/{task_id}/files/{name}", status_code=status.HTTP_307_TEMPORARY_REDIRECT)
    async def fetch(task_id: str, name: str, caller: CurrentCaller) -> RedirectResponse:
        """A file the task made, by way of a signed link that works for five minutes."""
        await tasks.mine(task_id, caller.user_id)
        key = f"{task_prefix(task_id)}{name}"
        if not await storage.exists(key):
            raise NotFound(f"Task {task_id!r} made no file {name!r}.")
        return RedirectResponse(storage.download_link(key, name=name, audience="browser", lifetime=LINK_LIFETIME))

    return router


def _contract(name: str) -> TaskContract[Any, Any]:
    if name not in CONTRACTS:
        near = get_close_matches(name, CONTRACTS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(CONTRACTS)}."
        raise NotFound(f"There is no task {name[:100]!r}; {hint}")
    return CONTRACTS[name]


def _job(contract: TaskContract[Any, Any], given: dict[str, Any]) -> Message:
    try:
        job: Message = contract.decode(given)
    except ValidationError as error:
        raise InvalidInput(contract.misfit(error)) from None
    return job


def _is_task_id(given: str) -> bool:
    return given.isascii() and given.isprintable()
