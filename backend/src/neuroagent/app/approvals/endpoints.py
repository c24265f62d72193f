"""/api/approvals: what waits for your yes, what you said before, and your answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import JsonValue

from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.approvals.questions import Decision, Questions, State
from neuroagent.app.approvals.schemas import ApprovalPage, ApprovalView, DecisionRequest
from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.cursors import cursor, place
from neuroagent.app.errors import Conflict, InvalidInput
from neuroagent.app.tools.base import ToolContext
from neuroagent.app.tools.outside import OfferedTool, OutsideTool
from neuroagent.app.tracing import current_trace_id

LONGEST_PAGE: Final = 200
MAX_BODY_BYTES: Final = 4 * 2**20


def approvals_router(
    questions: Questions, tools: Mapping[str, OfferedTool], circuits: Circuits, go_on: Callable[[str], Awaitable[None]]
) -> APIRouter:
    """`go_on` carries out a run that waits no longer."""
    router = APIRouter(prefix="/api/approvals", tags=["approvals"], route_class=limited_to(MAX_BODY_BYTES))

    @router.get("")
    async def page(
        caller: CurrentCaller,
        state: State | None = None,
        before: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
    ) -> ApprovalPage:
        """Yours, newest first; `state=pending` are those that wait for your answer."""
        rows = await questions.page(caller.user_id, state, place(before, _is_id), limit)
        following = cursor(rows[-1].created_at, rows[-1].id) if len(rows) == limit else None
        return ApprovalPage(approvals=[ApprovalView.of(row) for row in rows], next=following)

    @router.get("/{approval_id}")
    async def look(approval_id: str, caller: CurrentCaller) -> ApprovalView:
        """What is wanted, and what became of it."""
        return ApprovalView.of(await questions.mine(approval_id, caller.user_id))

    @router.post("/{approval_id}")
    async def decide(approval_id: str, wished: DecisionRequest, caller: CurrentCaller) -> ApprovalView:
        """Your answer; of two answers one counts, the other is a 409. When nothing else waits, the run goes on."""
        row = await questions.mine(approval_id, caller.user_id)
        if wished.digest not in {None, row.digest}:
            raise Conflict("These aren't the arguments that wait for your answer; look at it again.")
        edited = await _checked(tools, circuits, row, wished)
        decision = Decision(wished.decision == "approve", caller.user_id, wished.reason, wished.scope, edited)
        if not await questions.decide({row.id: decision}):
            raise Conflict(over(await questions.mine(row.id, caller.user_id)))
        await go_on(row.run_id)
        return ApprovalView.of(await questions.mine(row.id, caller.user_id))

    return router


def over(row: ApprovalRow) -> str:
    """Why it can't be answered any more."""
    state = "expired" if row.state == "pending" else row.state
    return f"Approval {row.id!r} doesn't wait for an answer any more: it is {state}."


async def _checked(
    tools: Mapping[str, OfferedTool], circuits: Circuits, row: ApprovalRow, wished: DecisionRequest
) -> dict[str, JsonValue] | None:
    """What a person puts in place of the arguments has to fit the tool as well."""
    if wished.arguments is None:
        return None
    if row.tool not in tools:
        raise InvalidInput(f"The tool {row.tool!r} isn't there any more, so its arguments can't be changed.")
    if not isinstance(tool := tools[row.tool], OutsideTool):
        await tool.job_of(wished.arguments, ToolContext(row.owner, current_trace_id(), row.thread_id, circuits))
    return dict(wished.arguments)


def _is_id(given: str) -> bool:
    return given.isascii() and given.isprintable()
