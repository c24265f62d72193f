"""A person's answers that come with a chat message; and what is read of a run that waits for more of them."""

import json
from collections.abc import AsyncIterator, Sequence

from pydantic import JsonValue

from neuroagent.app.approvals.endpoints import over
from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.approvals.questions import Decision
from neuroagent.app.chat.carrier import WAITING, started
from neuroagent.app.chat.models import RunRow, ThreadRow
from neuroagent.app.chat.progress import Checkpoint
from neuroagent.app.chat.runs import Runs
from neuroagent.app.chat.schemas import AnsweredCall
from neuroagent.app.chat.wire import DONE, Chunk, chunks_of
from neuroagent.app.errors import Conflict, NotFound


async def told(runs: Runs, thread: ThreadRow, answered: Sequence[AnsweredCall]) -> RunRow:
    """The run that they let go on; Conflict when one of them is forged, too late, or was given before."""
    questions = runs.gate.questions
    rows = [await questions.mine(one.approval.id, thread.owner) for one in answered]
    open_ones = {}
    for row, one in zip(rows, answered, strict=True):
        _must_be_of(row, thread, one)
        if row.state == "pending":
            open_ones[row.id] = Decision(one.approval.approved, thread.owner, one.approval.reason or "")
        elif (row.state == "approved") != one.approval.approved:
            raise Conflict(over(row))
    if not open_ones or not await questions.decide(open_ones):
        raise Conflict(over(rows[0]))
    await runs.go_on(rows[0].run_id)
    run = await runs.rows.find(rows[0].run_id)
    if run is None:
        raise NotFound("The answer that this was about isn't there any more.")
    return run


async def kept(run: RunRow) -> AsyncIterator[bytes]:
    """All that was said before it had to wait."""
    parts = Checkpoint.model_validate(run.progress or {}).parts
    for chunk in (started(run), *chunks_of(parts), *WAITING):
        yield _line(chunk)
    yield DONE


async def begun(run: RunRow) -> AsyncIterator[bytes]:
    """Nothing new: it waits for another answer."""
    for chunk in (started(run), WAITING[-1]):
        yield _line(chunk)
    yield DONE


def _must_be_of(row: ApprovalRow, thread: ThreadRow, answered: AnsweredCall) -> None:
    if row.thread_id != thread.id or row.call_id != answered.toolCallId:
        raise Conflict(f"Approval {row.id!r} is not about this call in this thread.")
    if answered.input is not None and _as_a_browser_reads(answered.input) != _as_a_browser_reads(row.arguments):
        raise Conflict("The arguments that you approved aren't those of this call; look at it again.")


def _as_a_browser_reads(value: JsonValue) -> JsonValue:
    """A browser knows one kind of number."""
    read: JsonValue = json.loads(json.dumps(value), parse_int=float)
    return read


def _line(chunk: Chunk) -> bytes:
    return b"data: %b\n\n" % json.dumps(chunk, ensure_ascii=False).encode()
