"""What a run is told before it begins."""

from typing import Any

import pytest
from app.chat.rooms import Opener, ask
from stores import chunks

from neuroagent.app.chat.briefing import INSTRUCTIONS, Briefing, last_answers
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.llm.at_hand import circuits_in


@pytest.fixture
async def room(opened: Opener) -> ChatRoom:
    return await opened()


async def told(room: ChatRoom) -> str:
    thread = await room.threads.mine("t1", "ada")
    return await Briefing(room.runs.circuits).instructions(thread, with_works=False)


async def test_circuits_are_named_the_thread_s_own_first(room: ChatRoom) -> None:
    circuits = room.runs.circuits
    old = await circuits.upload("ada", "old.csv", "csv", chunks(b"a\n"))
    await circuits.upload("ada", "new.csv", "csv", chunks(b"a\n"))
    await circuits.upload("bob", "his.csv", "csv", chunks(b"a\n"))
    await room.threads.made("ada", "t1", circuit=old.id)

    instructions = await told(room)

    assert instructions.startswith(INSTRUCTIONS.rstrip())
    assert circuits_in(instructions).names == ("old.csv", "new.csv")


async def test_where_there_are_none_or_the_tool_isn_t_wanted_nothing_is_named(room: ChatRoom) -> None:
    await room.threads.made("ada", "t1")
    assert await told(room) == INSTRUCTIONS

    await room.runs.circuits.upload("ada", "new.csv", "csv", chunks(b"a\n"))
    await room.threads.changed("t1", "ada", tools=["run_python"])

    assert await told(room) == INSTRUCTIONS


async def test_a_context_knows_the_person_the_thread_and_its_circuit(room: ChatRoom) -> None:
    run = await ask(room, "hello")
    thread = await room.threads.changed("t1", "ada", circuit="c1")

    context = Briefing(room.runs.circuits).context(run, thread, [])

    assert (context.owner, context.thread_id, context.circuit, context.last) == ("ada", "t1", "c1", {})


def test_of_each_tool_the_last_task_that_answered_is_known() -> None:
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": "hi"},
        *({"type": "data-tool", "id": call, "data": {"task_id": f"task of {call}"}} for call in ("a", "b", "c")),
        {"type": "tool-nap", "toolCallId": "a", "state": "output-available"},
        {"type": "tool-nap", "toolCallId": "b", "state": "output-available"},
        {"type": "tool-nap", "toolCallId": "c", "state": "output-error"},
        {"type": "tool-run", "toolCallId": "unknown", "state": "output-available"},
    ]

    assert last_answers(parts) == {"nap": "task of b"}
