"""A server of somebody else, as a program started here and behind an address: listed, called, away and back."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import mcp_servers
import pytest
from processes import free_port, running, until

from neuroagent.app.background import beside
from neuroagent.app.doors.mcp.outside.file import ServerEntry
from neuroagent.app.doors.mcp.outside.server import Outside
from neuroagent.app.tools.calling import ToolDone, ToolFailed
from neuroagent.task_schemas.events import Progress

PROGRAM = [sys.executable, mcp_servers.__file__]
Opening = Callable[..., Any]


@pytest.fixture
async def meet() -> AsyncIterator[Opening]:
    """Watches a server until the test is over; it has been tried once when it is handed over."""
    async with AsyncExitStack() as stack:

        async def met(**given: Any) -> Outside:
            entry = ServerEntry.model_validate({"prefix": "else_", **given})
            server = Outside("elsewhere", entry, every=0.2)
            await stack.enter_async_context(beside(server.watch()))
            await server.tried.wait()
            return server

        yield met


@pytest.fixture
def pipes() -> dict[str, Any]:
    return {"command": PROGRAM[0], "args": PROGRAM[1:]}


async def ended(server: Outside, tool: str, **arguments: Any) -> ToolDone | ToolFailed:
    return await server.call(tool, arguments, lambda _: None)


async def until_it_is(server: Outside, away: bool) -> None:
    async with asyncio.timeout(30):
        while bool(server.why_away) is not away:  # noqa: ASYNC110 - another process decides
            await asyncio.sleep(0.05)


async def test_what_fits_is_offered_under_its_prefix(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes)

    assert (server.why_away, list(server.tools)) == (
        "",
        ["else_echo", "else_nap", "else_fail", "else_draw", "else_flood", "else_break"],
    )
    echo = server.tools["else_echo"]
    assert (echo.own_name, echo.description, echo.approval) == ("echo", "Does echo.", "always")


async def test_an_answer_is_words_cleaned_and_capped(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes)

    echoed = await ended(server, "echo", text="a\0b")
    drawn = await ended(server, "draw")
    flooded = await ended(server, "flood")

    assert echoed == ToolDone({"text": "ab", "structured": None}, "ab")
    assert isinstance(drawn, ToolDone)
    assert drawn.text == "[image/png, 3 bytes, left out]\n\na dot"
    assert isinstance(flooded, ToolDone)
    assert flooded.text.endswith("… (980,000 more characters)")
    assert len(str(flooded.output)) < 25_000


async def test_a_failure_has_its_reason(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes)

    assert await ended(server, "fail") == ToolFailed("no such file")
    assert isinstance(await ended(server, "no such tool"), ToolFailed)


async def test_progress_is_told(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes)
    told: list[Progress] = []

    came = await server.call("nap", {"seconds": 0.1}, told.append)

    assert came == ToolDone({"text": "slept", "structured": None}, "slept")
    assert told == [Progress(fraction=0.5, text="dozing")]


async def test_a_call_that_takes_too_long_is_given_up(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes, timeout=5)
    server.entry = server.entry.model_copy(update={"timeout": 0.3})

    came = await ended(server, "nap", seconds=60)

    assert isinstance(came, ToolFailed)
    assert "hasn't answered within 0.3 s" in came.reason
    assert "isn't known" in came.reason


async def test_who_stops_waits_no_longer(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes)
    calling = asyncio.create_task(ended(server, "nap", seconds=60))
    await asyncio.sleep(0.2)

    calling.cancel()

    with pytest.raises(asyncio.CancelledError):
        await calling
    assert isinstance(await ended(server, "echo", text="still there"), ToolDone)


async def test_a_program_that_dies_in_a_call_is_started_again(meet: Opening, pipes: dict[str, Any]) -> None:
    server: Outside = await meet(**pipes)

    assert isinstance(await ended(server, "break"), ToolFailed)

    await until_it_is(server, away=True)
    assert list(server.tools)
    await until_it_is(server, away=False)
    assert isinstance(await ended(server, "echo", text="again"), ToolDone)


async def test_a_program_that_isn_t_there_is_away_with_a_reason(meet: Opening) -> None:
    server: Outside = await meet(command="/nowhere/at/all")

    assert server.why_away
    assert await ended(server, "echo", text="x") == ToolFailed(
        f"The server 'elsewhere' can't be reached: {server.why_away}"
    )


async def test_an_address_is_asked_with_its_headers_and_found_again_when_it_comes(
    meet: Opening, tmp_path: Path
) -> None:
    port = free_port()
    headers = {"authorization": f"Bearer {mcp_servers.TOKEN}"}
    server: Outside = await meet(url=f"http://127.0.0.1:{port}/mcp", headers=headers, timeout=20)
    assert server.why_away

    with serving(port, tmp_path):
        await until_it_is(server, away=False)
        assert await ended(server, "echo", text="hi") == ToolDone({"text": "hi", "structured": {"said": "hi"}}, "hi")

    await until_it_is(server, away=True)


async def test_an_address_that_wants_another_token_is_away(meet: Opening, tmp_path: Path) -> None:
    port = free_port()
    with serving(port, tmp_path):
        server: Outside = await meet(url=f"http://127.0.0.1:{port}/mcp", headers={"authorization": "Bearer x"})

        assert server.why_away
        assert not server.tools


def serving(port: int, folder: Path) -> Any:
    class Serving:
        def __enter__(self) -> None:
            self._open = running([*PROGRAM, str(port)], folder / "server.log")
            process: subprocess.Popen[bytes] = self._open.__enter__()
            until(lambda: _listens(port), "the server answers", process, folder / "server.log")

        def __exit__(self, *trouble: object) -> None:
            self._open.__exit__(None, None, None)

    return Serving()


def _listens(port: int) -> bool:

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
