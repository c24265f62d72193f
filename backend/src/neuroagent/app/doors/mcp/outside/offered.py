"""The tools that another server lists, as far as they can be offered here."""

import json
import logging
import re
from collections.abc import Sequence
from typing import Final

from mcp_types import Tool

from neuroagent.app.doors.mcp.outside.file import ServerEntry
from neuroagent.app.doors.mcp.outside.result import clean, cut
from neuroagent.app.tools.outside import OutsideServer, OutsideTool

MOST_TOOLS: Final = 100
LONGEST_DESCRIPTION: Final = 2_000
LONGEST_SCHEMA: Final = 20_000
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")  # what every model's endpoint takes

logger = logging.getLogger(__name__)


def offered(listed: Sequence[Tool], server: OutsideServer, entry: ServerEntry) -> dict[str, OutsideTool]:
    """By the names they have here; what can't be offered is left out, and the log says so."""
    tools: dict[str, OutsideTool] = {}
    for tool in listed:
        name = f"{entry.prefix}{tool.name}"
        if why := _unfit(name, tool, len(tools)):
            logger.warning("mcp.tool_left_out", extra={"server": server.name, "tool": name[:100], "reason": why})
            continue
        description = cut(clean(tool.description or ""), LONGEST_DESCRIPTION)
        tools[name] = OutsideTool(name, description, tool.input_schema, server, tool.name, entry.approval)
    return tools


def _unfit(name: str, tool: Tool, known: int) -> str:
    if known >= MOST_TOOLS:
        return f"a server may offer {MOST_TOOLS} tools"
    if not NAME.fullmatch(name):
        return "its name isn't one that a model can call"
    schema = json.dumps(tool.input_schema)  # escaped: what no wire takes would show as what it is
    if len(schema) > LONGEST_SCHEMA or tool.input_schema.get("type") != "object":
        return "its schema is too long, or not an object's"
    if "\\u0000" in schema or re.search(r"\\ud[89a-f]", schema):
        return "its schema holds characters that can't be kept"
    return ""
