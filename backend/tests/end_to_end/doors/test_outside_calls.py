"""A call of another's tool is made once at most, whatever dies; and nobody pretends to know how it ended."""

import json
import sys
from pathlib import Path

import mcp_servers
import pytest
from end_to_end.chat.conversations import MortalApp, text_of
from processes import free_port, redis_server, running, until

pytestmark = pytest.mark.xdist_group("chat survives")


def test_an_app_killed_in_the_middle_says_so_and_doesn_t_call_again(tmp_path: Path) -> None:
    port, diary = free_port(), tmp_path / "diary"
    near = {
        "url": f"http://127.0.0.1:{port}/mcp",
        "headers": {"authorization": "Bearer ${NEAR_KEY}"},
        "approval": "never",
    }
    file = tmp_path / "servers.json"
    file.write_text(json.dumps({"mcpServers": {"near": near}}))
    given = {"NEUROAGENT_MCP__SERVERS_FILE": str(file), "NEAR_KEY": mcp_servers.TOKEN}
    server = [sys.executable, mcp_servers.__file__, str(port)]
    with (
        redis_server(tmp_path / "redis") as redis,
        running(server, tmp_path / "server.log", environment={mcp_servers.DIARY: str(diary)}),
    ):
        app = MortalApp(redis, tmp_path)
        try:
            once_killed(app, given, diary)
        finally:
            app.close()


def once_killed(app: MortalApp, given: dict[str, str], diary: Path) -> None:
    talk = app.start(**given)
    until(lambda: near_is_online(talk.client.get("/api/tools").json()), "the other server is met")
    with talk.asked('/near_nap {"seconds": 3}') as answer:
        next(chunk for chunk in answer if chunk.get("data", {}).get("text") == "dozing")
        app.kill()
    talk = app.start(**given)

    talk.until_idle()

    [_, answered] = talk.messages()
    assert "It isn't known how it ended" in text_of(answered)
    assert diary.read_text() == "nap\n"


def near_is_online(shown: dict[str, list[dict[str, object]]]) -> bool:
    return all(server["online"] for server in shown["servers"])
