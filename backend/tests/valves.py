"""A valve in a line: what stands between two processes of a test, and swallows what is said once it is shut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 65_536


class Valve:
    """Shut, it lets nothing through to the server; the connections stay, as in a network that lost its way."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._is_open = True

    def shut(self) -> None:
        self._is_open = False

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, requests))
                both.create_task(self._pass(answers, writer))
        finally:
            requests.close()
            writer.close()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(CHUNK):
                if self._is_open:
                    target.write(chunk)
                    await target.drain()
        with suppress(OSError):
            target.write_eof()


@asynccontextmanager
async def valve(server_port: int) -> AsyncIterator[Valve]:
    """In front of a server on this machine, under a port of its own."""
    made, serving = Valve(server_port), set[asyncio.Task[None]]()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(made.connected(reader, writer))
        serving.add(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
