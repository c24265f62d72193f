"""A run ends in one of a few ways, each with what was there."""

from typing import Any

import pytest
from app.chat.rooms import Opener, ask, heard, said
from app.engine.workers_of_tests import Hand
from app.llm.scripted import call, scripted
from end_to_end.faults.servers import until
from pydantic_ai.exceptions import ModelHTTPError

from neuroagent.app.chat.ask import Question
from neuroagent.app.chat.models import MessageRow, RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.engine.ledger import Filter


async def kept(room: ChatRoom, run: RunRow) -> MessageRow:
    message = await room.threads.message("t1", run.answer)
    assert message
    return message


async def under_way(room: ChatRoom, hand: Hand) -> RunRow:
    run = await ask(room, "go")
    await until(lambda: bool(hand.waiting()), "the worker has a job")
    return run


async def test_an_answer_is_told_and_kept(opened: Opener) -> None:
    room = await opened(scripted(["Hello ", "Ada."]))
    run = await ask(room, "hi")

    chunks = await heard(room, run)

    assert [chunk["type"] for chunk in chunks][:2] == ["start", "start-step"]
    assert chunks[-1] == {"type": "finish", "finishReason": "stop"}
    assert chunks[0]["messageId"] == run.answer
    message = await kept(room, run)
    assert (message.state, message.model, said(chunks)) == ("complete", "scripted", "Hello Ada.")


async def test_a_model_that_is_away_is_told_with_a_request_id(opened: Opener) -> None:
    room = await opened(scripted(ModelHTTPError(503, "m", {"inside": "secret"})))
    run = await ask(room, "hi")

    chunks = await heard(room, run)

    [error] = [chunk for chunk in chunks if chunk["type"] == "error"]
    assert str(error["errorText"]).startswith("The model 'scripted' answered with status 503. (request ")
    assert (await kept(room, run)).state == "failed"


async def test_a_bug_is_told_without_its_text(opened: Opener, caplog: pytest.LogCaptureFixture) -> None:
    room = await opened(scripted(RuntimeError("the secret of the house")))
    run = await ask(room, "hi")

    chunks = await heard(room, run)

    [error] = [chunk for chunk in chunks if chunk["type"] == "error"]
    assert str(error["errorText"]).startswith("Something broke on our side.")
    assert "run.crashed" in caplog.text
    assert "secret" not in str(chunks)


async def test_a_stop_keeps_the_words_and_cancels_the_call(opened: Opener, hand: Hand) -> None:
    room = await opened(scripted(["Let me look.", call("check_worker", "{}")]))
    run = await under_way(room, hand)

    await room.hub.ask_to_stop(run.id)
    chunks = await heard(room, run)

    assert chunks[-1] == {"type": "abort"}
    message = await kept(room, run)
    states: list[Any] = [part.get("state") for part in message.parts]  # type: ignore[union-attr]  # parts are dicts
    assert message.state == "stopped"
    assert "output-error" in states
    [task] = await room.runs.tasks.ledger.page("ada", Filter())
    assert task.state == "cancelled"


async def test_the_conversation_goes_on_after_a_stop(opened: Opener, hand: Hand) -> None:
    room = await opened(scripted(["Looking.", call("check_worker", "{}")], ["never"], ["Here again."]))
    run = await under_way(room, hand)
    await room.hub.ask_to_stop(run.id)
    await heard(room, run)

    second = await ask(room, "and now?")

    chunks = await heard(room, second)
    assert chunks[-1]["type"] == "finish", chunks


async def test_time_is_limited(opened: Opener, hand: Hand) -> None:
    room = await opened(scripted([call("check_worker", "{}")]), seconds=0.5)
    run = await under_way(room, hand)

    chunks = await heard(room, run)

    assert [str(chunk["errorText"])[:35] for chunk in chunks if chunk["type"] == "error"] == [
        "The answer took longer than 0.5 s, "
    ]


async def test_what_nobody_can_carry_out_is_ended_with_what_was_there(opened: Opener) -> None:
    room = await opened()
    idle = opened.closed()
    await idle.asking.ask(await idle.threads.made("ada", "t1"), Question("hi"))
    run = await idle.runs.rows.claim_next("t1")
    assert run

    await (await idle.runs._carrier(run)).interrupted("It was interrupted.")

    assert [chunk["type"] for chunk in await heard(room, run)] == ["start", "error", "finish"]
    assert (await kept(room, run)).state == "interrupted"
