"""What another server lists, as far as it can be offered."""

from typing import Any

import pytest
from mcp_types import Tool

from neuroagent.app.doors.mcp.outside.file import ServerEntry
from neuroagent.app.doors.mcp.outside.offered import MOST_TOOLS, offered
from neuroagent.app.doors.mcp.outside.server import Outside

ENTRY = ServerEntry(url="https://x.example", prefix="x_")
SERVER = Outside("x", ENTRY)
OBJECT = {"type": "object"}


def tool(name: str = "t", schema: dict[str, Any] | None = None, description: str = "") -> Tool:
    return Tool(name=name, description=description, input_schema=schema or OBJECT)


def test_a_long_description_is_cut() -> None:
    [one] = offered([tool(description="d" * 5_000)], SERVER, ENTRY).values()

    assert len(one.description) < 2_100


@pytest.mark.parametrize(
    "unfit",
    [
        tool("a b"),
        tool("a\nb"),
        tool("ü"),
        tool("x" * 63),
        tool(schema={"type": "array"}),
        tool(schema={"type": "object", "title": "t" * 20_000}),
        tool(schema={"type": "object", "title": "\0"}),
        tool(schema={"type": "object", "title": "\ud800"}),
    ],
)
def test_what_can_t_be_offered_is_left_out(unfit: Tool) -> None:
    assert list(offered([unfit, tool("good")], SERVER, ENTRY)) == ["x_good"]


def test_a_server_can_t_offer_without_end() -> None:
    assert len(offered([tool(f"t{n}") for n in range(1_000)], SERVER, ENTRY)) == MOST_TOOLS
