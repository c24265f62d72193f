"""A stranger's words."""

from typing import Any

import pytest
from mcp_types import CallToolResult, ResourceLink, TextContent

from neuroagent.app.doors.mcp.outside.result import LONGEST_OUTPUT, came, clean, cut
from neuroagent.app.tools.calling import ToolDone, ToolFailed


def result(text: str = "", structured: dict[str, Any] | None = None, **more: Any) -> CallToolResult:
    content = [TextContent(type="text", text=text)] if text else []
    return CallToolResult(content=[*content], structured_content=structured, **more)


def test_what_no_database_takes_is_gone() -> None:
    assert clean("a\0b\ud800c") == "ab?c"


def test_a_long_text_says_how_much_is_missing() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "abc\n… (1 more characters)"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (result(), ToolDone({"text": "It answered nothing.", "structured": None}, "It answered nothing.")),
        (result(structured={"a": 1}), ToolDone({"text": '{"a": 1}', "structured": {"a": 1}}, '{"a": 1}')),
        (result("x", {"a": "\0"}), ToolDone({"text": "x", "structured": None}, "x")),
        (result("x", {"a": "z" * LONGEST_OUTPUT}), ToolDone({"text": "x", "structured": None}, "x")),
        (result(is_error=True), ToolFailed("It failed, and its server gave no reason.")),
        (result("no", is_error=True), ToolFailed("no")),
    ],
)
def test_an_answer_is_words_and_little_more(given: CallToolResult, expected: ToolDone | ToolFailed) -> None:
    assert came(given) == expected


def test_a_link_is_told_as_its_words() -> None:
    link = ResourceLink(type="resource_link", name="report", uri="https://elsewhere.example/r")

    assert came(CallToolResult(content=[link])).text == "report: https://elsewhere.example/r"  # type: ignore[union-attr]  # it didn't fail
