"""The real app with the suite's tools, and a way in under /with-a-token: the suite itself can show none."""

from typing import Any

from end_to_end.doors.conforming import ALL, NAMES, Nothing
from starlette.types import Receive, Scope, Send

from neuroagent.app.config import AppSettings
from neuroagent.app.main import app as real_app
from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.base import Arguments, Tool
from neuroagent.task_schemas import CONTRACTS

contracts: dict[str, Any] = CONTRACTS
contracts.update({contract.name: contract for contract in ALL})
tools: dict[str, Any] = TOOLS
tools.update(
    {
        name: Tool(
            name, "Of the suite.", Arguments, contract, lambda _given, _context: Nothing(), lambda came: came.text
        )
        for name, contract in NAMES.items()
    }
)
PREFIX = "/with-a-token"
TOKEN = AppSettings.load().auth.token


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"].startswith(PREFIX) and TOKEN:
        shown = (b"authorization", f"Bearer {TOKEN.get_secret_value()}".encode())
        scope["headers"] = [*scope["headers"], shown]
        scope["path"] = scope["path"].removeprefix(PREFIX)
        scope["raw_path"] = scope["path"].encode()
    await real_app(scope, receive, send)
