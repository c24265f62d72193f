"""Asked once, decided once, and only by whom it concerns; on both databases."""

import asyncio

import pytest
from app.approvals.asking import NO, YES, Asker, wanted

from neuroagent.app.approvals.questions import Decision, forget, has_pending, withdraw
from neuroagent.app.errors import NotFound
from neuroagent.app.notifications.mailboxes import Mailboxes


async def test_a_call_is_asked_about_once_and_the_person_hears_of_it(asker: Asker) -> None:
    first, again = await asyncio.gather(asker.asked(), asker.asked())

    assert first.id == again.id
    [news] = await Mailboxes(asker.ledger).after("ada", 0, 10)
    assert (news.type, news.thread_id) == ("approval_pending", "t1")
    assert news.data == {"approval_id": first.id, "run": "r1", "tool": "dig"}


async def test_other_arguments_are_another_question(asker: Asker) -> None:
    first, other = await asker.asked(), await asker.asked(arguments={"depth": 4})

    assert (first.id != other.id, first.digest != other.digest) == (True, True)


async def test_of_two_answers_at_once_one_counts(asker: Asker) -> None:
    row = await asker.asked()

    counted = await asyncio.gather(*(asker.questions.decide({row.id: one}) for one in (YES, NO, YES)))

    assert sorted(counted) == [False, False, True]
    assert asker.settled == ["r1"]


async def test_answers_that_come_together_count_together_or_not_at_all(asker: Asker) -> None:
    first, second = await asker.asked("r1-0-0"), await asker.asked("r1-0-1")
    await asker.questions.decide({second.id: NO})

    assert not await asker.questions.decide({first.id: YES, second.id: YES})

    assert (await asker.now(first)).state == "pending"
    assert (await asker.now(second)).state == "denied"


async def test_what_was_said_by_whom_stays_on_record(asker: Asker) -> None:
    row = await asker.asked()
    await asker.questions.decide({row.id: Decision(approved=True, by="ada", reason="dig less", edited={"depth": 1})})

    kept = await asker.now(row)

    assert (kept.state, kept.decided_by, kept.reason, kept.scope) == ("approved", "ada", "dig less", "once")
    assert (kept.arguments, kept.edited) == ({"depth": 3}, {"depth": 1})
    assert kept.decided_at


async def test_a_stranger_finds_nothing(asker: Asker) -> None:
    row = await asker.asked()

    for approval_id, owner in ((row.id, "eve"), ("another", "ada"), ("\x00", "ada")):
        with pytest.raises(NotFound):
            await asker.questions.mine(approval_id, owner)
    assert list(await asker.questions.page("eve", None, None, 10)) == []


async def test_what_nobody_answered_in_time_is_over(asker: Asker) -> None:
    late, still = await asker.asked("r1-0-0", patience=0), await asker.asked("r2-0-0", run_id="r2")
    assert not await asker.questions.decide({late.id: YES}), "too late, though nobody has swept yet"

    assert [await asker.questions.expire(), await asker.questions.expire()] == [1, 0]

    assert [(await asker.now(row)).state for row in (late, still)] == ["expired", "pending"]
    assert asker.settled == ["r1"]


async def test_a_yes_for_the_thread_holds_for_this_tool_and_for_what_waits_already(asker: Asker) -> None:
    first, second = await asker.asked("r1-0-0"), await asker.asked("r1-0-1", arguments={"depth": 9})
    other = await asker.asked("r1-0-2", tool="fill")

    await asker.questions.decide({first.id: Decision(approved=True, by="ada", scope="thread")})

    assert [(await asker.now(row)).state for row in (first, second, other)] == ["approved", "approved", "pending"]
    assert await asker.questions.is_granted("t1", "dig")
    assert not await asker.questions.is_granted("t1", "fill")
    assert not await asker.questions.is_granted("t2", "dig")


async def test_what_a_run_asked_is_withdrawn_with_it(asker: Asker) -> None:
    row = await asker.asked()
    assert await asker.ledger.write(lambda connection: has_pending(connection, "r1"))

    await asker.ledger.write(lambda connection: withdraw(connection, "r1"))

    assert (await asker.now(row)).state == "withdrawn"
    assert not await asker.ledger.write(lambda connection: has_pending(connection, "r1"))
    assert not await asker.questions.decide({row.id: YES})


async def test_a_thread_that_is_gone_leaves_that_it_was_decided_and_not_what(asker: Asker) -> None:
    row = await asker.asked()
    await asker.questions.decide({row.id: Decision(approved=True, by="ada", reason="dig", scope="thread")})

    await asker.ledger.write(lambda connection: forget(connection, "t1"))

    kept = await asker.now(row)
    assert (kept.state, kept.decided_by, kept.digest) == ("approved", "ada", wanted().digest)
    assert (kept.arguments, kept.reason) == (None, None)
    assert not await asker.questions.is_granted("t1", "dig")


async def test_pages_go_from_new_to_old(asker: Asker) -> None:
    rows = [await asker.asked(f"r1-{number}-0") for number in range(5)]
    await asker.questions.decide({rows[4].id: NO})

    first = await asker.questions.page("ada", None, None, 3)
    rest = await asker.questions.page("ada", None, (first[-1].created_at, first[-1].id), 3)

    assert [row.id for row in [*first, *rest]] == [row.id for row in rows[::-1]]
    assert [row.id for row in await asker.questions.page("ada", "denied", None, 3)] == [rows[4].id]
