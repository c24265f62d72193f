"""/api/tasks: submit by contract name, long-poll for the answer, fetch the files a task made."""

from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from fastapi.responses import RedirectResponse
from pydantic import Field, ValidationError

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.engine.client import Tasks
from neuroagent.app.errors import InvalidInput, NotFound
from neuroagent.app.jobs.schemas import Submission, Submitted, TaskState
from neuroagent.app.storage import Storage
from neuroagent.app.storage.grants import task_prefix
from neuroagent.app.tracing import current_trace_id
from neuroagent.config.settings import Section
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.contract import Message, TaskContract

LONGEST_WAIT = 60
LINK_LIFETIME = timedelta(minutes=5)


class JobsSettings(Section):
    """How tasks are asked for over HTTP."""

    max_body_bytes: int = Field(4 * 2**20, gt=0, description="The largest submission; files travel apart.")
    wait: float = Field(30, ge=0, le=LONGEST_WAIT, description="Seconds to wait for an answer when none are named.")


def jobs_router(tasks: Tasks, storage: Storage, settings: JobsSettings) -> APIRouter:
    router = APIRouter(prefix="/api/tasks", tags=["tasks"], max_body_size=settings.max_body_bytes)

    @router.post("", status_code=status.HTTP_202_ACCEPTED)
    async def submit(submission: Submission, caller: CurrentCaller) -> Submitted:
        """Queue a task and answer with its id at once."""
        contract = _contract(submission.name)
        job = _job(contract, submission.input)
        row = await tasks.submit(contract, job, owner=caller.user_id, trace_id=current_trace_id())
        return Submitted(id=row.id)

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

    @router.get("/{task_id}/files/{name}", status_code=status.HTTP_307_TEMPORARY_REDIRECT)
    async def fetch(task_id: str, name: str, caller: CurrentCaller) -> RedirectResponse:
        """A file the task made, by way of a signed link that works for five minutes."""
        await tasks.look(task_id, owner=caller.user_id, patience=timedelta(0))
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
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)
        raise InvalidInput(f"The input doesn't fit {contract.name!r}: {said}") from None
    return job
