"""One server of somebody else: connected to, watched, asked again when it was away, and called."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, Tool
from pydantic import JsonValue

from neuroagent.app.background import cancelled
from neuroagent.app.doors.mcp.outside.file import ServerEntry
from neuroagent.app.doors.mcp.outside.offered import offered
from neuroagent.app.doors.mcp.outside.result import came, clean, cut
from neuroagent.app.tools.calling import ToolDone, ToolFailed
from neuroagent.app.tools.outside import OutsideTool
from neuroagent.task_schemas.events import Progress

LOOK_EVERY: Final = 30.0  # seconds
MOST_PAGES: Final = 20
LONGEST_REASON: Final = 300

Value = TypeVar("Value")
logger = logging.getLogger(__name__)


class NoAnswer(Exception):
    """It didn't answer in time."""


@dataclass
class Outside:
    """`tools` are those that it listed last, also while it is away."""

    name: str
    entry: ServerEntry
    every: float = LOOK_EVERY
    why_away: str = "It hasn't answered yet."
    tools: Mapping[str, OutsideTool] = field(default_factory=dict)
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    _client: Client | None = None

    async def watch(self) -> None:
        """For as long as the app is open."""
        while True:
            error = await _outcome(self._met())
            self._client = None
            self.why_away = _reason(error)
            logger.warning("mcp.server_away", extra={"server": self.name, "reason": self.why_away})
            self.tried.set()
            await asyncio.sleep(self.every)

    async def call(
        self, tool: str, arguments: dict[str, JsonValue], on_progress: Callable[[Progress], None]
    ) -> ToolDone | ToolFailed:
        """What goes wrong on the way leaves open whether it was done; it isn't asked again."""
        if (client := self._client) is None:
            return ToolFailed(f"The server {self.name!r} can't be reached: {self.why_away}")

        async def told(progress: float, total: float | None, message: str | None) -> None:
            on_progress(_progress(progress, total, message))

        match await _outcome(self._in_time(client.call_tool(tool, arguments, progress_callback=told))):
            case CallToolResult() as result:
                return came(result)
            case NoAnswer() as error:
                return ToolFailed(f"The server {self.name!r}: {error} Whether it did what was asked isn't known.")
            case error:
                return ToolFailed(f"The server {self.name!r} gave no answer: {_reason(error)}")

    async def _met(self) -> None:
        async with self._connected() as client:
            while True:
                self.tools = offered(await self._in_time(_listed(client)), self, self.entry)
                self._client, self.why_away = client, ""
                self.tried.set()
                await asyncio.sleep(self.every)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        entry = self.entry
        if entry.command is not None:
            program = StdioServerParameters(command=entry.command, args=entry.args, env=entry.env)
            async with Client(program, cache=None, read_timeout_seconds=entry.timeout) as client:
                yield client
            return
        timeout = httpx2.Timeout(30, read=entry.timeout)
        async with httpx2.AsyncClient(headers=entry.headers, timeout=timeout) as http:
            transport = streamable_http_client(str(entry.url), http_client=http)
            async with Client(transport, cache=None, read_timeout_seconds=entry.timeout) as client:
                yield client

    async def _in_time(self, asked: Coroutine[Any, Any, Value]) -> Value:
        try:
            async with asyncio.timeout(self.entry.timeout):
                return await asked
        except TimeoutError:
            raise NoAnswer(f"it hasn't answered within {self.entry.timeout:g} s.") from None


async def _outcome(work: Coroutine[Any, Any, Value]) -> Value | BaseException:
    """What comes of another's code: its value, or whatever it broke with."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([task])
    finally:
        await cancelled(task)
    return asyncio.CancelledError() if task.cancelled() else task.exception() or task.result()


async def _listed(client: Client) -> list[Tool]:
    page = await client.list_tools()
    tools = [*page.tools]
    for _ in range(MOST_PAGES):
        if page.next_cursor is None:
            break
        page = await client.list_tools(cursor=page.next_cursor)
        tools += page.tools
    return tools


def _progress(progress: float, total: float | None, message: str | None) -> Progress:
    fraction = min(max(progress / total, 0.0), 1.0) if total else None
    return Progress(fraction=fraction if fraction == fraction else None, text=clean(message or "")[:LONGEST_REASON])  # noqa: PLR0124 - a NaN is a number too


def _reason(error: object) -> str:
    """One sentence of what may be a group of groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = str(error) if isinstance(error, (MCPError, NoAnswer, OSError, httpx2.HTTPError)) else ""
    return cut(clean(" ".join(said.split())), LONGEST_REASON) or f"It broke off ({type(error).__name__})."
