"""The protocol's own client at our door, and its public conformance suite."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import httpx2
import pytest
from deno_programs import Program
from end_to_end.chat.conversations import PATHS
from end_to_end.doors.conftest import TOKEN, Doors
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import TextContent
from processes import free_port, redis_server, running, until

pytestmark = pytest.mark.xdist_group("mcp clients")  # one system serves them all

SCENARIOS = (
    "server-initialize",
    "ping",
    "tools-list",
    "tools-call-simple-text",
    "tools-call-error",
    "tools-call-with-progress",
    "dns-rebinding-protection",
)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """An app that has the tools which the suite asks for beside its own, and a worker that does their work."""
    folder = tmp_path_factory.mktemp("mcp")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = {"PYTHONPATH": PATHS, "NEUROAGENT_AUTH__TOKEN": TOKEN, "NEUROAGENT_STORAGE__PUBLIC_URL": url}
    server = [sys.executable, "-m", "uvicorn", "end_to_end.doors.conforming_app:app", "--port", str(port)]
    hands = [sys.executable, "-m", "celery", "-A", "end_to_end.doors.conforming_worker", "worker", "--without-mingle"]
    with redis_server(folder / "redis") as redis:
        given = redis.environment("TASKS_") | redis.environment("NEUROAGENT_") | own
        log = folder / "worker.log"
        with (
            running([*hands, "-c", "1", "-Q", "default_q"], log, folder, only("TASKS_", given)) as worker,
            running(server, folder / "app.log", folder, only("NEUROAGENT_", given)) as app,
        ):
            until(lambda: "ready." in log.read_text(), "the worker is ready", worker, log)
            until(lambda: answers(url), "the app answers", app, folder / "app.log")
            yield Doors(url)


def only(prefix: str, given: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name.startswith((prefix, "PYTHONPATH"))}


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False


@asynccontextmanager
async def connected(doors: Doors, mode: str) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {doors.token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{doors.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_a_client_calls_a_tool_and_hears_how_far_it_is(mode: str, doors: Doors) -> None:
    heard: list[tuple[float, str | None]] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))

    async with connected(doors, mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        came = await client.call_tool("test_tool_with_progress", {}, progress_callback=told)
        looked = await client.call_tool("check_worker", {"store": True})

    assert {"check_worker", "run_python", "test_tool_with_progress"} <= set(names)
    assert isinstance(came.content[0], TextContent)
    assert [message for _, message in heard][-3:] == ["step 1", "step 2", "step 3"]
    assert [progress for progress, _ in heard] == sorted({progress for progress, _ in heard})
    assert looked.structured_content is not None
    assert looked.structured_content["stored"]["name"]


async def test_a_client_that_leaves_takes_its_call_with_it(doors: Doors) -> None:
    async with connected(doors, "legacy") as client:
        calling = asyncio.create_task(client.call_tool("slow", {}))
        await asyncio.to_thread(until, lambda: "running" in states(doors), "it runs")
        calling.cancel()
        await asyncio.wait([calling])

    await asyncio.to_thread(until, lambda: "cancelled" in states(doors), "it is cancelled")


def states(doors: Doors) -> list[str]:
    headers = {"authorization": f"Bearer {doors.token}"}
    listed = httpx.get(f"{doors.url}/api/tasks?name=test_slow", headers=headers).json()["tasks"]
    return [httpx.get(f"{doors.url}/api/tasks/{one['id']}?wait=0", headers=headers).json()["state"] for one in listed]


def test_without_the_token_nobody_is_let_in(doors: Doors) -> None:
    answer = httpx.post(f"{doors.url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(Path(__file__).with_name("conformance"), tmp_path_factory.mktemp("deno"))
    program.fetch()
    return program


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_public_suite_finds_nothing_wrong(scenario: str, suite: Program, doors: Doors) -> None:
    package = "npm:@modelcontextprotocol/conformance@0.1.16"

    said = suite.run(package, "server", "--url", f"{doors.url}/with-a-token/mcp", "--scenario", scenario)

    assert "0 failed" in said, said
