"""An MCP server of somebody else: `python mcp_servers.py` speaks over its pipes, `… PORT` over HTTP, with a token."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ImageContent,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)
from starlette.types import Receive, Scope, Send

TOKEN = "the token of another server"
DIARY = "MCP_TEST_DIARY"  # a file to which every call adds a line
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}, "seconds": {"type": "number"}}}
NAMES = ("echo", "nap", "fail", "draw", "flood", "break", "not a name", "x" * 80)

Context = ServerRequestContext[Any, Any]


def listed() -> ListToolsResult:
    tools = [Tool(name=name, description=f"Does {name}.\0", input_schema=SCHEMA) for name in NAMES]
    huge = {"type": "object", "description": "x" * 30_000}
    return ListToolsResult(tools=[*tools, Tool(name="huge", input_schema=huge)])


async def echo(given: dict[str, Any], _: Context) -> CallToolResult:
    return CallToolResult(content=[said(given["text"])], structured_content={"said": given["text"]})


async def nap(given: dict[str, Any], context: Context) -> CallToolResult:
    await context.session.report_progress(1, 2, "dozing")
    await asyncio.sleep(given["seconds"])
    return CallToolResult(content=[said("slept")])


async def fail(_given: dict[str, Any], _: Context) -> CallToolResult:
    return CallToolResult(content=[said("no such file")], is_error=True)


async def draw(_given: dict[str, Any], _: Context) -> CallToolResult:
    return CallToolResult(content=[ImageContent(type="image", data="AAAA", mime_type="image/png"), said("a dot")])


async def flood(_given: dict[str, Any], _: Context) -> CallToolResult:
    return CallToolResult(content=[said("z" * 1_000_000)], structured_content={"z": "z" * 200_000})


async def die(_given: dict[str, Any], _: Context) -> CallToolResult:
    os._exit(1)


BODIES: dict[str, Callable[[dict[str, Any], Context], Awaitable[CallToolResult]]] = {
    "echo": echo,
    "nap": nap,
    "fail": fail,
    "draw": draw,
    "flood": flood,
    "break": die,
}


def said(text: str) -> TextContent:
    return TextContent(type="text", text=text)


def note(name: str) -> None:
    if diary := os.environ.get(DIARY):
        with Path(diary).open("a", encoding="utf-8") as lines:
            lines.write(f"{name}\n")


async def on_list(_context: Context, _page: PaginatedRequestParams | None) -> ListToolsResult:
    return listed()


async def on_call(context: Context, call: CallToolRequestParams) -> CallToolResult:
    note(call.name)
    return await BODIES[call.name](call.arguments or {}, context)


server: Server[Any] = Server("elsewhere", version="1", on_list_tools=on_list, on_call_tool=on_call)


def guarded() -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    inner = server.streamable_http_app(stateless_http=True)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (b"authorization", f"Bearer {TOKEN}".encode()) not in scope["headers"]:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await inner(scope, receive, send)

    return app


async def over_pipes() -> None:
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        uvicorn.run(guarded(), port=int(sys.argv[1]), log_level="warning")
    else:
        asyncio.run(over_pipes())
