"""Words are content, what tools do is reasoning."""

from typing import Any

from neuroagent.app.chat.wire import Chunk, UiMessage
from neuroagent.app.doors.openai.content import Content, content_of

TABLE: dict[str, Any] = {"columns": ["n"], "rows": [{"n": 1}], "row_count": 1}
CALLED: list[Chunk] = [
    {"type": "start-step"},
    {"type": "text-start", "id": "a"},
    {"type": "text-delta", "id": "a", "delta": "I look."},
    {"type": "text-end", "id": "a"},
    {"type": "tool-input-start", "toolCallId": "c1", "toolName": "run_python"},
    {"type": "tool-input-available", "toolCallId": "c1", "toolName": "run_python", "input": {"python_script": "1\n2"}},
    {"type": "tool-input-start", "toolCallId": "c2", "toolName": "ask"},
    {"type": "tool-input-available", "toolCallId": "c2", "toolName": "ask", "input": {}},
    {"type": "data-tool", "id": "c1", "data": {"task_id": "t1", "state": "running", "text": "half way"}},
    {"type": "data-tool", "id": "c1", "data": {"task_id": "t1", "state": "running", "text": "half way"}},
    {"type": "tool-output-error", "toolCallId": "c2", "errorText": "no\nway"},
    {"type": "tool-output-available", "toolCallId": "c1", "output": TABLE},
    {"type": "finish-step"},
    {"type": "start-step"},
    {"type": "text-start", "id": "b"},
    {"type": "text-delta", "id": "b", "delta": "One."},
    {"type": "text-end", "id": "b"},
    {"type": "finish-step"},
]


def heard(chunks: list[Chunk]) -> tuple[str, str]:
    content = Content("http://app")
    all_of_it = [content.hear(chunk) for chunk in chunks]
    return "".join(one.content for one in all_of_it), "".join(one.reasoning for one in all_of_it)


def test_words_and_tables_are_content() -> None:
    assert heard(CALLED)[0] == "I look.\n\n| n |\n| --- |\n| 1 |\n\nOne."


def test_what_tools_do_is_told_in_short_lines_each_once() -> None:
    assert heard(CALLED)[1].splitlines() == [
        'run_python {"python_script": "1\\n2"}',
        "ask {}",
        "run_python: half way",
        "ask: no way",
        "run_python: done",
    ]


def test_a_message_that_was_kept_says_what_was_said_live() -> None:
    message = UiMessage()
    for chunk in CALLED:
        message.add(chunk)

    assert content_of(message.closed(), "http://app") == heard(CALLED)[0]


def test_a_table_at_the_very_end_is_told_too() -> None:
    cut = CALLED[:-6]
    message = UiMessage()
    for chunk in cut:
        message.add(chunk)

    assert content_of(message.closed()).endswith("| 1 |")


def test_thoughts_of_the_model_are_reasoning() -> None:
    chunks: list[Chunk] = [
        {"type": "reasoning-start", "id": "r"},
        {"type": "reasoning-delta", "id": "r", "delta": "hm"},
        {"type": "reasoning-end", "id": "r"},
    ]

    assert heard(chunks) == ("", "hm\n")


def test_a_call_that_waits_for_a_person_says_so() -> None:
    called: list[Chunk] = [*CALLED[:6], {"type": "tool-approval-request", "approvalId": "a", "toolCallId": "c1"}]

    assert heard(called)[0].startswith("I look.\n\n`run_python` waits for a person's yes")
