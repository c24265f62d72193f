"""Our tools as an MCP server, without a wire: what is told beside the words. Calls are tested over HTTP."""

import pytest
from app.chat.rooms import circuits_room
from pydantic import JsonValue

from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.chat.room import open_gate
from neuroagent.app.doors.mcp.server import LONGEST_OUTPUT, ToolServer, _structured
from neuroagent.app.engine.client import Tasks
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.notifications.settings import NotificationsSettings
from neuroagent.app.tools import TOOLS


@pytest.mark.parametrize(
    ("output", "told"),
    [({"a": 1}, {"a": 1}), ([1], None), (None, None), ({"a": "z" * LONGEST_OUTPUT}, None)],
)
def test_an_object_that_isn_t_too_large_is_told_as_one(output: JsonValue, told: JsonValue) -> None:
    assert _structured(output) == told


async def test_it_offers_tools_and_nothing_else(tasks: Tasks) -> None:
    gate = open_gate(Bulletin(Mailboxes(tasks.ledger), tasks.turns.redis, NotificationsSettings()), ApprovalsSettings())

    capabilities = ToolServer(TOOLS, tasks, circuits_room(tasks), gate).opened().get_capabilities()

    assert set(capabilities.model_dump(exclude_none=True)) == {"tools"}
