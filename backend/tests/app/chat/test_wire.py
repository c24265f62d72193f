"""Chunks add up to a message, and a message to the chunks that bring a newcomer to it."""

import pytest

from neuroagent.app.chat.wire import Chunk, UiMessage, chunks_of

CALL: Chunk = {"toolCallId": "c1", "toolName": "nap"}
SPOKEN: list[Chunk] = [
    {"type": "start-step"},
    {"type": "reasoning-start", "id": "0"},
    {"type": "reasoning-delta", "id": "0", "delta": "Hm."},
    {"type": "reasoning-end", "id": "0"},
    {"type": "text-start", "id": "1"},
    {"type": "text-delta", "id": "1", "delta": "Let me "},
    {"type": "text-delta", "id": "1", "delta": "sleep."},
    {"type": "text-end", "id": "1"},
]
CALLED: list[Chunk] = [
    {"type": "tool-input-start", **CALL},
    {"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": "{}"},
    {"type": "tool-input-available", "input": {}, **CALL},
    {"type": "data-tool", "id": "c1", "data": {"fraction": 0.5}},
    {"type": "data-tool", "id": "c1", "data": {"fraction": 1}},
]
DONE: Chunk = {"type": "tool-output-available", "toolCallId": "c1", "output": 42}


def message(*chunks: Chunk) -> UiMessage:
    made = UiMessage()
    for chunk in chunks:
        made.add(chunk)
    return made


def test_chunks_add_up() -> None:
    assert message(*SPOKEN, *CALLED, DONE, {"type": "finish-step"}).parts == [
        {"type": "step-start"},
        {"type": "reasoning", "text": "Hm.", "state": "done"},
        {"type": "text", "text": "Let me sleep.", "state": "done"},
        {"type": "tool-nap", "toolCallId": "c1", "state": "output-available", "input": {}, "output": 42},
        {"type": "data-tool", "id": "c1", "data": {"fraction": 1}},
    ]


@pytest.mark.parametrize(
    "last",
    [
        DONE,
        {"type": "tool-output-error", "toolCallId": "c1", "errorText": "no"},
        {"type": "start-step"},
    ],
)
def test_who_comes_late_gets_to_the_same_message(last: Chunk) -> None:
    first = message(*SPOKEN, *CALLED, last)

    assert message(*chunks_of(first.parts)).parts == first.parts


ASKED: Chunk = {"type": "tool-approval-request", "approvalId": "a1", "toolCallId": "c1"}
APPROVED: Chunk = {"type": "tool-input-available", "input": {"edited": True}, **CALL}
DENIED: Chunk = {"type": "tool-output-denied", "toolCallId": "c1", "reason": "no"}


@pytest.mark.parametrize("answered", [[], [APPROVED], [APPROVED, DONE], [DENIED]])
def test_who_comes_late_sees_what_was_asked_and_answered(answered: list[Chunk]) -> None:
    first = message(*SPOKEN, *CALLED, ASKED, *answered)

    assert message(*chunks_of(first.parts)).parts == first.parts


@pytest.mark.parametrize(
    ("answered", "state", "approved"),
    [([], "output-denied", False), ([DENIED], "output-denied", False), ([APPROVED, DONE], "output-available", True)],
)
def test_what_is_kept_says_what_became_of_a_question(answered: list[Chunk], state: str, *, approved: bool) -> None:
    [part] = [part for part in message(*CALLED, ASKED, *answered).closed() if part["type"] == "tool-nap"]

    assert (part["state"], part["approval"]["id"], part["approval"]["approved"]) == (state, "a1", approved)


def test_arguments_that_are_no_json_are_an_error_with_what_was_written() -> None:
    refused: Chunk = {"type": "tool-input-error", "input": "{", "errorText": "no JSON", **CALL}

    [part] = message({"type": "tool-input-start", **CALL}, refused).parts

    assert (part["state"], part["input"], part["errorText"]) == ("output-error", "{", "no JSON")
    assert message(*chunks_of([part])).parts == [part]


def test_what_is_transient_is_not_kept() -> None:
    assert message({"type": "data-queue", "data": 1, "transient": True}).parts == []


def test_what_was_open_is_closed_as_it_was() -> None:
    closed = message(*SPOKEN[:-1], *CALLED).closed()

    assert [part["state"] for part in closed if "state" in part] == ["done", "done", "output-error"]
    assert closed[3]["errorText"] == "It was stopped before it ended."
