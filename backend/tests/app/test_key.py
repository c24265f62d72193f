"""`./dev key` as an operator types it: a key is printed once, listed without itself, and revoked."""

import subprocess
import sys
from pathlib import Path

import httpx
from app.conftest import serving
from processes import SOURCES, RedisServer


def typed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "neuroagent.app.key", *arguments]
    variables = {"PYTHONPATH": str(SOURCES), "NEUROAGENT_DATA_FOLDER": str(folder)}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=60)


async def asked(client: httpx.AsyncClient, key: str) -> int:
    return (await client.get("/api/threads", headers={"authorization": f"Bearer {key}"})).status_code


async def test_a_key_from_the_command_line_opens_the_app(redis: RedisServer, tmp_path: Path) -> None:
    made = typed(tmp_path, "add", "ada", "--scopes", "chat", "--name", "laptop")
    assert made.returncode == 0, made.stderr
    key = made.stdout.splitlines()[0]

    async with serving(redis.port, redis.password, tmp_path, auth={"mode": "keys"}) as client:
        assert await asked(client, key) == 200
        listed = typed(tmp_path, "list").stdout
        typed(tmp_path, "revoke", listed.split()[0])
        assert await asked(client, key) == 401

    assert key not in listed
    assert all(word in listed for word in ("ada", "chat", "laptop"))


def test_what_it_can_t_do_it_says_in_a_sentence(tmp_path: Path) -> None:
    for arguments in (["add", "a/b"], ["add", "ada", "--scopes", "fly"], ["revoke", "x"]):
        refused = typed(tmp_path, *arguments)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert refused.stderr.startswith("./dev key: ")
