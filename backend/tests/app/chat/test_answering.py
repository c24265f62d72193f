"""A run that waits for a person: approved, changed, denied, expired, stopped, taken up by another process."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from app.chat.rooms import Opener, ask, heard, said
from app.engine.workers_of_tests import Hand, done
from app.llm.scripted import call, scripted
from app.tools.test_calling import OUTPUT
from end_to_end.faults.servers import until, until_soon
from pydantic_ai.messages import ModelMessage, ToolReturnPart
from sqlalchemy import update

from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.approvals.questions import APPROVALS, Decision
from neuroagent.app.chat.answering import kept, told
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.schemas import AnsweredCall
from neuroagent.app.chat.threads import RUNS
from neuroagent.app.chat.wire import DONE
from neuroagent.app.engine.ledger import Filter
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.notifications.mailboxes import Mailboxes

SCRIPT = (["Let me look.", call("check_worker", "{}")], ["All is well."])
YES = Decision(approved=True, by="ada")


@pytest.fixture
def asking(opened: Opener) -> Opener:
    """Conversations in which a look at the worker needs a yes."""
    return replace(opened, approvals={"tools": {"check_worker": "always"}})


async def waiting(room: ChatRoom, text: str = "go", count: int = 1) -> tuple[RunRow, list[ApprovalRow]]:
    """A run that has come to its question, or its questions."""
    run = await ask(room, text)

    async def waits() -> bool:
        return (await found(room, run)).state == "waiting"

    await until_soon(waits, "it waits for a person")
    rows = await room.runs.gate.questions.page("ada", "pending", None, 50)
    assert len(rows) == count
    return await found(room, run), list(rows[::-1])


async def found(room: ChatRoom, run: RunRow) -> RunRow:
    now = await room.runs.rows.find(run.id)
    assert now
    return now


async def decided(room: ChatRoom, row: ApprovalRow, decision: Decision = YES) -> bool:
    counts = await room.runs.gate.questions.decide({row.id: decision})
    await room.runs.go_on(row.run_id)
    return counts


async def work(hand: Hand) -> Any:
    """The worker takes the one job there is and fulfils it; what it was asked for."""
    await until(lambda: bool(hand.waiting()), "the worker has a job")
    job, turn = hand.take()
    turn.end(done(OUTPUT))
    return job.input


async def ended(room: ChatRoom, run: RunRow) -> list[dict[str, Any]]:
    """The parts of its message."""

    async def over() -> bool:
        return (await found(room, run)).state not in {"running", "waiting"}

    await until_soon(over, "it has ended")
    message = await room.threads.message("t1", run.answer)
    assert message
    return list(message.parts)  # type: ignore[arg-type]  # parts are dicts


def called(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for part in parts if part["type"] == "tool-check_worker"]


def answered(row: ApprovalRow, *, approved: bool = True, **more: Any) -> AnsweredCall:
    given: dict[str, Any] = {
        "toolCallId": row.call_id,
        "input": row.arguments,
        "approval": {"id": row.id, "approved": approved},
    }
    return AnsweredCall.model_validate(given | more)


async def test_a_run_stops_to_ask_and_holds_nothing(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)

    chunks = [json.loads(piece[6:]) async for piece in kept(run) if piece != DONE]

    assert chunks[-3:] == [
        {"type": "tool-approval-request", "approvalId": row.id, "toolCallId": row.call_id},
        {"type": "finish-step"},
        {"type": "finish", "finishReason": "tool-calls"},
    ]
    assert (run.holder, hand.waiting(), room.runs._carried) == (None, 0, {})
    assert (row.tool, row.arguments, row.why) == ("check_worker", {}, "This tool always needs a yes.")


async def test_a_yes_lets_the_same_message_go_on(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)

    assert await decided(room, row)
    await work(hand)

    [part] = called(await ended(room, run))
    assert (part["state"], part["approval"]) == ("output-available", {"id": row.id, "approved": True})
    tree = await room.threads.messages("t1")
    assert [message.id for message in tree] == [run.question, run.answer]
    assert not await decided(room, row), "once"


async def test_changed_arguments_are_called_shown_and_told_to_the_model(asking: Opener, hand: Hand) -> None:
    heard_by_model: list[str] = []

    def look(messages: list[ModelMessage]) -> None:
        heard_by_model.extend(
            str(part.content) for m in messages for part in m.parts if isinstance(part, ToolReturnPart)
        )

    room = await asking(scripted(*SCRIPT, listener=look))
    run, [row] = await waiting(room)

    await decided(room, row, Decision(approved=True, by="ada", edited={"store": True}))

    assert (await work(hand))["store"] is True
    [part] = called(await ended(room, run))
    assert part["input"] == {"store": True}
    assert heard_by_model[-1].startswith('The person changed the arguments before it was called, to: {"store": true}')


async def test_a_no_is_told_to_the_model_with_its_reason(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)

    await decided(room, row, Decision(approved=False, by="ada", reason="Not today."))

    [part] = called(await ended(room, run))
    assert part["state"] == "output-denied"
    assert part["approval"] == {"id": row.id, "approved": False, "reason": "The person said no. Not today."}
    message = await room.threads.message("t1", run.answer)
    assert message
    assert "The person said no. Not today." in str(message.exchange)
    assert hand.waiting() == 0


async def test_what_nobody_answers_is_a_no_in_the_end(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)
    await room.threads.ledger.change(update(APPROVALS).values(expires_at=row.created_at))

    await room.runs.gate.questions.expire()

    [part] = called(await ended(room, run))
    assert "it has expired" in part["approval"]["reason"]


async def test_another_process_goes_on_days_later(asking: Opener, hand: Hand) -> None:
    first = asking.closed(scripted(*SCRIPT))
    async with first.open():
        run, [row] = await waiting(first)
    second = await asking(scripted(*SCRIPT))
    assert (await found(second, run)).state == "waiting", "nobody takes up what waits for a person"

    await decided(second, row)
    await work(hand)

    assert [part["state"] for part in called(await ended(second, run))] == ["output-available"]


async def test_a_yes_that_no_process_carries_out_is_found(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)

    await room.runs.gate.questions.decide({row.id: YES})  # and the process dies

    await work(hand)
    assert [part["state"] for part in called(await ended(room, run))] == ["output-available"]


async def test_many_questions_are_no_sign_of_trouble(asking: Opener, hand: Hand) -> None:
    looks = [[call("check_worker", "{}")]] * 7
    room = await asking(scripted(*looks, ["Seven looks."]))
    run, [row] = await waiting(room)

    for _ in looks[1:]:
        await decided(room, row)
        await work(hand)
        [row] = await until_asked(room)
    await decided(room, row)
    await work(hand)

    assert len(called(await ended(room, run))) == 7
    assert (await found(room, run)).state == "done"


async def until_asked(room: ChatRoom) -> list[ApprovalRow]:
    async def asked() -> bool:
        [run] = await room.runs.rows.under_way("t1")
        return run.state == "waiting"

    await until_soon(asked, "the next question waits")
    return list(await room.runs.gate.questions.page("ada", "pending", None, 5))


async def test_a_yes_for_the_thread_is_asked_for_once(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT, *SCRIPT))
    first, [row] = await waiting(room)
    await decided(room, row, Decision(approved=True, by="ada", scope="thread"))
    await work(hand)
    await ended(room, first)

    second = await ask(room, "again")
    await work(hand)

    assert [part["state"] for part in called(await ended(room, second))] == ["output-available"]


async def test_two_questions_are_both_waited_for(asking: Opener, hand: Hand) -> None:
    room = await asking(
        scripted([call("check_worker", "{}", 0), call("check_worker", '{"store": true}', 1)], ["Done."])
    )
    run, [one, two] = await waiting(room, count=2)

    await decided(room, one)
    assert (await found(room, run)).state == "waiting"
    await decided(room, two, Decision(approved=False, by="ada"))
    await work(hand)

    assert [part["state"] for part in called(await ended(room, run))] == ["output-available", "output-denied"]


async def test_answers_at_the_same_moment_let_it_go_on_once(asking: Opener, hand: Hand) -> None:
    calls = [call("check_worker", f'{{"store": {"true" if place else "false"}}}', place) for place in range(2)]
    room = await asking(scripted(calls, ["Done."]))
    run, rows = await waiting(room, count=2)

    await asyncio.gather(*(decided(room, row) for row in rows))
    await work(hand)
    await work(hand)

    assert len(called(await ended(room, run))) == 2
    assert len(await room.runs.tasks.ledger.page("ada", Filter())) == 2


async def test_what_is_asked_meanwhile_waits_behind_it(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT, ["Later."]))
    run, [row] = await waiting(room)
    behind = await ask(room, "and now?")
    assert [one.state for one in await room.runs.rows.under_way("t1")] == ["waiting", "queued"]
    assert list(await room.runs.rows.threads_left_waiting()) == []

    await decided(room, row)
    await work(hand)

    assert said(await heard(room, behind)) == "Later."
    await ended(room, run)


async def test_what_waits_can_be_stopped(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)

    await room.runs.rows.ask_to_stop(run.id)
    await room.runs.go_on(run.id)

    [part] = called(await ended(room, run))
    assert (part["state"], part["approval"]["approved"]) == ("output-denied", False)
    assert (await found(room, run)).state == "stopped"
    assert not await decided(room, row)
    assert (await room.runs.gate.questions.mine(row.id, "ada")).state == "withdrawn"
    assert hand.waiting() == 0


async def test_a_bad_call_bothers_nobody(asking: Opener) -> None:
    room = await asking(scripted([call("check_worker", '{"shop": 1}')], ["I give up."]))

    run = await ask(room, "go")

    assert said(await heard(room, run)) == "I give up."
    assert list(await room.runs.gate.questions.page("ada", None, None, 5)) == []


async def test_a_person_hears_of_the_question_the_task_and_the_end(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)
    await decided(room, row)
    await work(hand)
    await ended(room, run)
    mailboxes = Mailboxes(room.threads.ledger)

    async def told_all() -> bool:
        return len(await mailboxes.after("ada", 0, 10)) == 4

    await until_soon(told_all, "all is told")
    kinds = {news.type: news for news in await mailboxes.after("ada", 0, 10)}
    assert set(kinds) == {"approval_pending", "task_started", "task_complete", "run_finished"}
    assert kinds["run_finished"].data == {"run": run.id, "message": run.answer, "state": "done"}


async def test_a_client_that_has_heard_the_question_hears_on_from_there(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    _, [row] = await waiting(room)
    thread = await room.threads.mine("t1", "ada")
    again = await told(room.runs, thread, [answered(row)])
    hearing = asyncio.create_task(heard_on(room, again))
    await work(hand)

    types = [line.split(b'"')[3] for line in await hearing]
    assert types[0] == b"start"
    assert types.count(b"text-delta") >= 1
    assert b"tool-input-start" not in types
    assert b"tool-approval-request" not in types
    assert types[1] == b"tool-input-available"
    assert types[-1] == b"finish"


async def heard_on(room: ChatRoom, run: RunRow) -> list[bytes]:
    pieces = [piece async for piece in room.hub.read(run.id, rested=run.rested, retold=False) if piece]
    return [line for line in b"".join(pieces).split(b"\n\n") if line.startswith(b"data: ")]


async def test_forged_and_repeated_answers_are_refused(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)
    thread, other = await room.threads.made("ada", "t1"), await room.threads.made("ada", "t2")
    strangers = await room.threads.made("eve", "t3")
    runs = room.runs

    with pytest.raises(NotFound):
        await told(runs, thread, [answered(row, approval={"id": "made-up", "approved": True})])
    with pytest.raises(NotFound):
        await told(runs, strangers, [answered(row)])
    with pytest.raises(Conflict, match="not about this call"):
        await told(runs, other, [answered(row)])
    with pytest.raises(Conflict, match="not about this call"):
        await told(runs, thread, [answered(row, toolCallId="another")])
    with pytest.raises(Conflict, match="aren't those of this call"):
        await told(runs, thread, [answered(row, input={"store": True})])
    assert (await found(room, run)).state == "waiting"

    await told(runs, thread, [answered(row, approved=False)])
    for approved in (True, False):
        with pytest.raises(Conflict, match="doesn't wait for an answer any more: it is denied"):
            await told(runs, thread, [answered(row, approved=approved)])
    await ended(room, run)


async def test_an_approval_holds_for_the_very_arguments_that_were_shown(asking: Opener, hand: Hand) -> None:
    room = await asking(scripted(*SCRIPT))
    run, [row] = await waiting(room)
    progress: Any = run.progress
    progress["exchange"][-1]["parts"][-1]["args"] = '{"store": true}'
    await room.threads.ledger.change(update(RUNS).values(progress=progress))

    await decided(room, row)

    [other] = await until_asked(room)
    assert (other.id != row.id, other.arguments) == (True, {"store": True})
    assert hand.waiting() == 0
