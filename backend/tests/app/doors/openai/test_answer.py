"""A run read to its end, whatever happens to the process that carries it or to the stream that tells of it."""

from app.chat.rooms import Opener, ask, heard
from app.llm.scripted import scripted
from redis import Redis

from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.doors.openai.answer import Ended, OnlyNew, answer
from neuroagent.app.doors.openai.content import Heard


async def read(room: ChatRoom, run: RunRow) -> tuple[str, Ended]:
    words = [word async for word in answer(room, run, "http://app")]
    assert isinstance(words[-1], Ended)
    return "".join(word.content for word in words if isinstance(word, Heard)), words[-1]


async def test_an_answer_is_read_to_its_end(opened: Opener) -> None:
    room = await opened(scripted(["Hello."]))

    assert await read(room, await ask(room, "hi")) == ("Hello.", Ended("stop"))


async def test_what_redis_has_forgotten_is_read_from_the_database(opened: Opener, redis_client: Redis) -> None:
    room = await opened(scripted(["Hello."]))
    run = await ask(room, "hi")
    await heard(room, run)
    redis_client.delete(f"run:{run.id}")

    assert await read(room, run) == ("Hello.", Ended("stop"))


async def test_a_run_that_failed_says_why(opened: Opener, redis_client: Redis) -> None:
    room = await opened(scripted(RuntimeError("a bug's text")))
    run = await ask(room, "hi")

    content, ended = await read(room, run)
    redis_client.delete(f"run:{run.id}")
    again = (await read(room, run))[1]

    assert content == ""
    assert ended.why.startswith("Something broke on our side.")
    assert again.why == ended.why


def test_of_words_told_again_only_the_new_ones_are_sent() -> None:
    said = OnlyNew()
    first = [said.more(text) for text in ("One ", "two ")]
    said.whole = ""

    again = [said.more(text) for text in ("One", " two", " three")]

    assert (first, again) == (["One ", "two "], ["", "", "three"])


def test_words_that_are_told_differently_go_on_where_they_differ() -> None:
    said = OnlyNew()
    said.more("I think it is 4")
    said.whole = ""

    assert [said.more("I think "), said.more("that it is 5")] == ["", "that it is 5"]
