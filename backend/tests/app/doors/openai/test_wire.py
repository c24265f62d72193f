"""Completions as the OpenAI API spells them, also when something goes wrong on the way."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from neuroagent.app.doors.openai.answer import Ended
from neuroagent.app.doors.openai.content import Heard
from neuroagent.app.doors.openai.errors import NoAnswer
from neuroagent.app.doors.openai.wire import Completion
from neuroagent.app.errors import Unavailable


async def usage() -> dict[str, int]:
    return {"total_tokens": 3}


async def words(*said: Heard | Ended | Exception | None) -> AsyncGenerator[Heard | Ended | None]:
    for word in said:
        if isinstance(word, Exception):
            raise word
        yield word


async def streamed(*said: Heard | Ended | Exception | None) -> list[Any]:
    sent = [one.decode() async for one in Completion("c", "m", usage).streamed(words(*said), wants_usage=False)]
    assert sent[-1] == "data: [DONE]\n\n"
    return [json.loads(one.removeprefix("data: ")) if one.startswith("data: ") else one for one in sent[1:-1]]


async def test_thoughts_come_before_the_words_of_the_same_moment() -> None:
    sent = await streamed(Heard("said", "thought"), None, Heard(), Ended("length"))

    assert [one["choices"][0]["delta"] if isinstance(one, dict) else one for one in sent] == [
        {"reasoning_content": "thought"},
        {"content": "said"},
        ": still here\n\n",
        {},
    ]
    assert sent[-1]["choices"][0]["finish_reason"] == "length"


async def test_a_run_that_fails_in_mid_stream_says_so() -> None:
    [_, error] = await streamed(Heard("half"), Ended("stop", "The model is away."))

    assert error == {
        "error": {"message": "The model is away.", "type": "server_error", "param": None, "code": "no_answer"}
    }


async def test_a_redis_that_goes_away_in_mid_stream_is_an_error_too() -> None:
    [_, error] = await streamed(Heard("half"), Unavailable("Redis can't be reached."))

    assert error["error"]["code"] == "unavailable"


async def test_a_failed_run_is_not_to_be_asked_for_again() -> None:
    with pytest.raises(NoAnswer, match="away") as refusal:
        await Completion("c", "m", usage).whole(words(Heard("half"), Ended("stop", "The model is away.")))

    assert refusal.value.headers == {"x-should-retry": "false"}


async def test_a_new_line_in_what_is_said_doesn_t_end_the_event() -> None:
    [sent, _] = await streamed(Heard('x\n\ndata: {"error": 1}\n\n'), Ended("stop"))

    assert sent["choices"][0]["delta"]["content"] == 'x\n\ndata: {"error": 1}\n\n'
