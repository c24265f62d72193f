"""What a client of the OpenAI API sends, read with care."""

from typing import Any

import pytest

from neuroagent.app.doors.openai.errors import Refused
from neuroagent.app.doors.openai.schemas import CompletionRequest, Conversation, Line, conversation


def read(*messages: dict[str, Any], **more: Any) -> Conversation:
    return conversation(CompletionRequest.model_validate({"model": "m", "messages": messages, **more}))


def test_a_conversation_is_what_was_said_and_what_is_asked() -> None:
    said = read(
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": None},
        {"role": "assistant", "content": "c", "name": "x"},
        {"role": "user", "content": "d\0"},
        temperature=0.1,
        max_tokens=3,
        seed=1,
        n=None,
        tools=[],
        response_format={"type": "text"},
    )

    assert said == Conversation((Line("system", "Be brief."), Line("user", "a\n\nb"), Line("assistant", "c")), "d")


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"functions": [{}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities"),
    ],
)
def test_what_would_change_the_answer_is_refused(more: dict[str, Any], param: str) -> None:
    with pytest.raises(Refused) as refusal:
        read({"role": "user", "content": "x"}, **more)

    assert refusal.value.param == param


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"role": "assistant", "content": "x"}], "The last message must be the person's"),
        ([{"role": "user", "content": "  "}], "The last message must be the person's"),
        ([{"role": "tool", "content": "42", "tool_call_id": "c"}], "isn't taken from a client"),
        ([{"role": "assistant", "tool_calls": [{"id": "c"}]}], "isn't taken from a client"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}], "not 'image_url'"),
        ([{"role": "user", "content": "x" * 200_001}], "200,000 characters"),
    ],
)
def test_a_message_that_can_t_be_taken_is_named(messages: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Refused, match=said):
        read(*messages)
