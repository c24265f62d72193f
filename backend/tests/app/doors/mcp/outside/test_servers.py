"""All tools there are, and an app whose other servers are away, or there."""

import json
import sys
from pathlib import Path
from typing import Any

import mcp_servers
import pytest
from app.conftest import serving
from app.doors.openai.test_endpoints import asked
from processes import RedisServer

from neuroagent.app.doors.mcp.outside.file import ServerEntry
from neuroagent.app.doors.mcp.outside.server import Outside
from neuroagent.app.doors.mcp.outside.servers import AllTools
from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.outside import OutsideTool
from neuroagent.config.settings import SettingsError


def written(folder: Path, **servers: Any) -> dict[str, str]:
    file = folder / "servers.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    return {"servers_file": str(file)}


def test_ours_counts_where_two_have_one_name() -> None:
    server = Outside("x", ServerEntry(url="https://x.example"))
    server.tools = {name: OutsideTool(name, "", {}, server, name) for name in ("check_worker", "x_t")}

    tools = AllTools(TOOLS, [server])

    assert list(tools) == [*TOOLS, "x_t"]
    assert len(tools) == len(TOOLS) + 1
    assert tools["check_worker"] is TOOLS["check_worker"]


async def test_an_app_starts_without_the_servers_it_names(redis: RedisServer, tmp_path: Path) -> None:
    mcp = written(tmp_path, far={"url": "http://127.0.0.1:9/mcp"})

    async with serving(redis.port, redis.password, tmp_path, mcp=mcp) as client:
        shown = (await client.get("/api/tools")).json()

    [far] = shown["servers"]
    assert (far["name"], far["online"]) == ("far", False)
    assert far["why"]
    assert [tool["name"] for tool in shown["tools"]] == list(TOOLS)


async def test_a_tool_of_another_server_is_listed_and_called_in_a_conversation(
    redis: RedisServer, tmp_path: Path
) -> None:
    near = {"command": sys.executable, "args": [mcp_servers.__file__]}
    mcp = written(tmp_path, near=near, free=near | {"approval": "never"})

    async with serving(redis.port, redis.password, tmp_path, mcp=mcp) as client:
        shown = {tool["name"]: tool for tool in (await client.get("/api/tools")).json()["tools"]}
        answer = await asked(client, {"role": "user", "content": '/free_echo {"text": "hello there"}'})
        waiting = await asked(client, {"role": "user", "content": '/near_echo {"text": "hello there"}'})
        alone = await client.post("/api/tools/near_echo/run", json={"arguments": {}})

    echo = shown["near_echo"]
    assert (echo["server"], echo["approval"], echo["online"]) == ("near", "always", True)
    assert "hello there" in answer.json()["choices"][0]["message"]["content"]
    assert "waits for a person's yes" in waiting.json()["choices"][0]["message"]["content"]
    assert alone.status_code == 409
    assert "in a conversation only" in alone.json()["error"]["message"]


async def test_a_wrong_file_stops_the_start(redis: RedisServer, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="give `url` or `command`"):
        serving(redis.port, redis.password, tmp_path, mcp=written(tmp_path, far={}))
