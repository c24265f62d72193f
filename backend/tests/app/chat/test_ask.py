"""From what a client sends to a question in the tree."""

import pytest
from app.chat.rooms import Opener, ask, heard

from neuroagent.app.chat.ask import _title
from neuroagent.app.errors import InvalidInput, NotFound


async def test_a_question_has_a_run_and_names_the_thread(opened: Opener) -> None:
    room = opened.closed()
    run = await ask(room, "\n## How many cells?\nPlease.", id="u1")

    thread = await room.threads.mine("t1", "ada")
    assert (run.question, run.state, thread.head, thread.title) == ("u1", "queued", "u1", "How many cells?")


@pytest.mark.parametrize(("text", "title"), [("a " * 60, f"{'a ' * 39}a …"), ("`/python`", "/python"), ("   ", "")])
def test_a_title_is_short(text: str, title: str) -> None:
    assert _title(text) == title


@pytest.mark.parametrize("nothing", ["", "  \n"])
async def test_nothing_is_no_question(nothing: str, opened: Opener) -> None:
    with pytest.raises(InvalidInput, match="The message is empty"):
        await ask(opened.closed(), nothing)


async def test_a_question_follows_the_answer_before_it(opened: Opener) -> None:
    room = await opened()
    first = await ask(room, "one")
    await heard(room, first)
    second = await ask(room, "two")
    await heard(room, second)
    third = await ask(room, "beside two", after=first.answer)
    await heard(room, third)

    parents = {row.id: row.parent for row in await room.threads.messages("t1")}
    assert parents[second.question] == parents[third.question] == first.answer
    assert (await room.threads.mine("t1", "ada")).head == third.answer


async def test_an_edit_stands_beside_what_it_edits_under_an_id_of_its_own(opened: Opener) -> None:
    room = await opened()
    first = await ask(room, "one", id="u1")
    await heard(room, first)
    edited = await ask(room, "one, better", id="u1", edits="u1")
    await heard(room, edited)

    rows = {row.id: row for row in await room.threads.messages("t1")}
    assert edited.question != "u1"
    assert rows[edited.question].parent is rows["u1"].parent is None
    assert len(rows) == 4


async def test_another_answer_stands_beside_the_first(opened: Opener) -> None:
    room = await opened()
    first = await ask(room, "one")
    await heard(room, first)
    again = await room.asking.again(await room.threads.mine("t1", "ada"), first.answer)
    await room.runs.begin("t1")
    await heard(room, again)

    rows = {row.id: row for row in await room.threads.messages("t1")}
    assert rows[first.answer].parent == rows[again.answer].parent == first.question
    with pytest.raises(NotFound, match="no message 'x'"):
        await room.asking.again(await room.threads.mine("t1", "ada"), "x")


async def test_what_is_taken_back_leaves_no_hole(opened: Opener) -> None:
    room = opened.closed()
    first, second, third = [await ask(room, text) for text in ("one", "two", "three")]

    assert await room.runs.rows.withdraw(second)

    rows = {row.id: row for row in await room.threads.messages("t1")}
    assert sorted(rows) == sorted([first.question, third.question])
    assert rows[third.question].parent == first.answer
    assert not await room.runs.rows.withdraw(second)
