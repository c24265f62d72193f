"""TLS in front of a server that speaks none: the bundled Redis is built without it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import trustme


@contextmanager
def tls_front(port: int, authority: trustme.CA, *, ask_for_certificate: bool = True) -> Iterator[int]:
    """A port of localhost that demands TLS and passes on what is said."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    if ask_for_certificate:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(_passing_on(port), "localhost", 0, ssl=context))
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()


def _passing_on(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError, ssl.SSLError, asyncio.CancelledError):
            await asyncio.gather(_pass(reader, behind_writer), _pass(behind_reader, writer))
        for end in (writer, behind_writer):
            end.close()

    return serve


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
