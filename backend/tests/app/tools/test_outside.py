"""A tool of another server, as a model sees it."""

from neuroagent.app.doors.mcp.outside.file import ServerEntry
from neuroagent.app.doors.mcp.outside.server import Outside
from neuroagent.app.llm.speech import Offer
from neuroagent.app.tools.outside import OutsideTool


def test_it_is_offered_under_the_name_it_has_here_and_wants_a_yes() -> None:
    server = Outside("x", ServerEntry(url="https://x.example"))

    tool = OutsideTool("x_go", "Goes.", {"type": "object"}, server, "go")

    assert tool.offer == Offer("x_go", "Goes.", {"type": "object"})
    assert tool.approval == "always"
