"""Which thread a request goes on with."""

import pytest
from app.chat.rooms import Opener, heard
from app.llm.scripted import scripted

from neuroagent.app.chat.ask import Question
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.doors.openai.content import content_of
from neuroagent.app.doors.openai.history import Histories
from neuroagent.app.doors.openai.schemas import Conversation, Line

HELLO = Line("user", "hello")
HI = Line("assistant", "Hi!")
BRIEF = Line("system", "Be brief.")


@pytest.fixture
async def room(opened: Opener) -> ChatRoom:
    return await opened(scripted(["Hi!"], ["Fine."], ["Good."]))


async def asked(room: ChatRoom, text: str, *earlier: Line, owner: str = "ada") -> str:
    """The thread it was asked in, when it has been answered."""
    place = await Histories(room.threads).place(Conversation(earlier, text), owner)
    run = await room.asking.ask(place.thread, Question(text, after=place.after, is_placed=True))
    await room.runs.begin(place.thread.id)
    await heard(room, run)
    return place.thread.id


async def branch(room: ChatRoom, thread_id: str, owner: str = "ada") -> list[str]:
    thread = await room.threads.mine(thread_id, owner)
    return [content_of(message.parts) for message in await room.threads.branch(thread_id, thread.head)]  # type: ignore[arg-type]  # parts are dicts


async def test_two_that_begin_alike_are_two_conversations(room: ChatRoom) -> None:
    assert await asked(room, "hello") != await asked(room, "hello")


async def test_a_history_of_ours_goes_on_where_it_was(room: ChatRoom) -> None:
    first = await asked(room, "hello", BRIEF)

    trimmed = Line("assistant", "Hi!  \n")
    second = await asked(room, "how are you?", BRIEF, HELLO, trimmed)

    assert second == first
    assert await branch(room, first) == ["Be brief.", "hello", "Hi!", "how are you?", "Fine."]


async def test_an_earlier_place_of_it_makes_a_branch(room: ChatRoom) -> None:
    first = await asked(room, "hello")
    await asked(room, "one", HELLO, HI)
    again = await asked(room, "two", HELLO, HI)

    assert again == first
    assert len(await room.threads.messages(first)) == 6
    assert (await branch(room, first))[:3] == ["hello", "Hi!", "two"]


async def test_a_history_of_others_is_taken_as_words(room: ChatRoom) -> None:
    thread = await asked(room, "and now?", BRIEF, HELLO, Line("assistant", "I ran it: 42."))

    assert await branch(room, thread) == ["Be brief.", "hello", "I ran it: 42.", "and now?", "Fine."]
    [_, _, told, *_] = await room.threads.messages(thread)
    assert [part["part_kind"] for entry in told.exchange for part in entry["parts"]] == ["text"]  # type: ignore[union-attr,index,call-overload]  # as it was made


async def test_another_s_history_is_not_found(room: ChatRoom) -> None:
    first = await asked(room, "hello")

    second = await asked(room, "more", HELLO, HI, owner="bob")

    assert second != first
    assert (await room.threads.mine(second, "bob")).owner == "bob"


async def test_a_deleted_thread_is_not_gone_on_with(room: ChatRoom) -> None:
    first = await asked(room, "hello")
    await room.threads.delete(first, "ada")

    assert await asked(room, "more", HELLO, HI) != first


async def test_two_that_ask_at_once_don_t_hear_each_other(opened: Opener) -> None:
    room = opened.closed(scripted(["Hi!"]))
    place = await Histories(room.threads).place(Conversation((HELLO, HI), "one"), "ada")
    runs = [
        await room.asking.ask(place.thread, Question(text, after=place.after, is_placed=True))
        for text in ("one", "two")
    ]

    parents = [(await room.threads.branch(place.thread.id, run.question))[-2].id for run in runs]

    assert parents == [place.after, place.after]
