"""Our tools as an MCP server: what there is, a call that runs on the workers, and its progress on the way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)
from pydantic import JsonValue

from neuroagent import __version__
from neuroagent.app.approvals.gate import Gate
from neuroagent.app.auth.caller import Caller
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.doors.mcp.telling import Telling
from neuroagent.app.engine.client import Tasks
from neuroagent.app.errors import Conflict, InvalidInput, NotFound, Unavailable
from neuroagent.app.tools.base import AnyTool, ToolContext
from neuroagent.app.tools.calling import ToolDone, answered, asked
from neuroagent.app.tracing import current_trace_id

CALLER: Final = "neuroagent.caller"  # in the request's scope
LONGEST_OUTPUT: Final = 500_000  # characters of JSON; what is larger is fetched as the task's own answer
INSTRUCTIONS: Final = "Tools that do real work on a fleet of workers; a call may take minutes, and tells how far it is."

Context = ServerRequestContext[Any, Any]


@dataclass(frozen=True)
class ToolServer:
    tools: Mapping[str, AnyTool]
    tasks: Tasks
    circuits: Circuits
    gate: Gate

    def opened(self) -> Server[Any]:
        return Server(
            "neuroagent",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self._listed,
            on_call_tool=self._called,
        )

    async def _listed(self, _context: Context, _page: PaginatedRequestParams | None) -> ListToolsResult:
        offers = [tool.offer for tool in self.tools.values()]
        return ListToolsResult(
            tools=[Tool(name=one.name, description=one.description, input_schema=one.schema) for one in offers]
        )

    async def _called(self, context: Context, asked_for: CallToolRequestParams) -> CallToolResult:
        """What the caller can mend is an answer marked as an error; the model on the other side may try again."""
        caller: Caller = context.request.scope[CALLER]  # type: ignore[union-attr]  # as the route has set it
        try:
            return await self._answered(context, asked_for, caller)
        except (InvalidInput, NotFound, Conflict, Unavailable) as error:
            return _failure(str(error))

    async def _answered(self, context: Context, asked_for: CallToolRequestParams, caller: Caller) -> CallToolResult:
        tool = self.tools.get(asked_for.name)
        if tool is None:
            raise NotFound(f"There is no tool {asked_for.name[:100]!r}; there are {', '.join(self.tools)}.")
        arguments = asked_for.arguments or {}
        on_behalf = ToolContext(caller.user_id, current_trace_id(), circuits=self.circuits)
        job = await tool.job_of(arguments, on_behalf)
        if why := self.gate.why_asked(tool, arguments):
            raise Conflict(f"This call needs a person's yes, which can be given in a conversation only. {why}")
        row = await asked(self.tasks, tool, job, context=on_behalf, key=None)
        async with Telling(self.tasks, row).to(context.session.report_progress) as on_event:
            came = await answered(self.tasks, tool, row, on_event)
        if isinstance(came, ToolDone):
            return CallToolResult(content=[_text(came.text)], structured_content=_structured(came.output))
        return _failure(came.reason)


def _structured(output: JsonValue) -> dict[str, Any] | None:
    is_small = isinstance(output, dict) and len(json.dumps(output)) <= LONGEST_OUTPUT
    return output if is_small and isinstance(output, dict) else None


def _failure(reason: str) -> CallToolResult:
    return CallToolResult(content=[_text(reason)], is_error=True)


def _text(text: str) -> TextContent:
    return TextContent(type="text", text=text)
