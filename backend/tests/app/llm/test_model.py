"""The seam to the agent library: a history goes in, speech comes out."""

import json

import pytest
from app.llm.scripted import call, scripted
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel

from neuroagent.app.llm.model import ChatModel, ModelAway, calls_of, from_nobody, from_person, from_tools
from neuroagent.app.llm.speech import (
    Answered,
    Call,
    CallBegun,
    CallWritten,
    Offer,
    PartEnded,
    Reply,
    Said,
    Speech,
)

NAP = Offer("nap", "Sleeps.", {"type": "object", "properties": {"seconds": {"type": "number"}}})


async def heard(model: ChatModel, *history: object) -> list[Speech]:
    return [piece async for piece in model.replies([*history] or [from_person("hello")], "Be brief.", [NAP])]  # type: ignore[list-item]  # as the functions make them


async def test_words_and_calls_come_piece_by_piece_and_then_the_whole() -> None:
    model = scripted(["Let me ", "see.", call("nap", '{"seconds": 1}', 0)])

    *pieces, reply = await heard(model)

    assert pieces == [
        Said(0, "text", "Let me "),
        Said(0, "text", "see."),
        PartEnded(0),
        CallBegun(1, "nap"),
        CallWritten(1, '{"seconds": 1}'),
        PartEnded(1),
    ]
    assert isinstance(reply, Reply)
    assert [(one.tool, one.arguments) for one in reply.calls] == [("nap", {"seconds": 1})]
    assert calls_of(json.loads(json.dumps(reply.entry))) == reply.calls


async def test_what_is_no_json_is_kept_as_it_was_written() -> None:
    *_, reply = await heard(scripted([call("nap", '{"seconds": ')]))

    assert isinstance(reply, Reply)
    assert reply.calls == (Call("c0", "nap", '{"seconds": '),)


async def test_a_model_gets_the_history_the_instructions_and_the_tools() -> None:
    told: list[object] = []

    async def say(messages: list[ModelMessage], info: AgentInfo):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the library's own type
        told.extend([info.instructions, [tool.name for tool in info.function_tools], len(messages)])
        yield "ok"

    model = ChatModel("curious", FunctionModel(stream_function=say))
    call_made = Call("c0", "nap", "{}")
    answers = from_tools([Answered(call_made, "slept", "done")])
    *_, first = await heard(scripted([call("nap", "{}")]))
    assert isinstance(first, Reply)

    await heard(model, from_person("sleep"), first.entry, answers)

    assert told == ["Be brief.", ["nap"], 3]


async def test_a_model_that_is_away_says_so_without_its_own_words() -> None:
    refused = ModelHTTPError(500, "m", {"secret": "inside"})

    with pytest.raises(ModelAway, match="answered with status 500") as trouble:
        await heard(scripted(refused))

    assert "inside" not in str(trouble.value)


def test_only_a_reply_has_calls() -> None:
    assert calls_of(from_person("hi")) == ()
    assert calls_of(from_nobody("hm")) == ()
    assert calls_of(from_tools([Answered(Call("c", "nap", "{}"), "mend it", "mend")])) == ()


async def test_who_has_begun_to_speak_isn_t_replaced() -> None:
    """Else a person would read two answers in one."""

    async def breaks_off(_: list[ModelMessage], __: AgentInfo):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
        yield "Let me "
        raise ModelHTTPError(500, "m")

    model = ChatModel("first", FunctionModel(stream_function=breaks_off), rest=(scripted(["another answer"]),))
    heard_of: list[Speech] = []

    with pytest.raises(ModelAway):
        heard_of.extend([piece async for piece in model.replies([from_person("hello")], "Be brief.", [])])
