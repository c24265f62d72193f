"""An answer is sent while it comes, and whoever leaves is let go at once."""

import asyncio
from typing import Any

from app.chat.rooms import Opener
from end_to_end.faults.servers import until
from redis import Redis

from neuroagent.app.chat.live import BEGIN, Live
from neuroagent.app.chat.run_stream import RunStream
from neuroagent.app.chat.wire import DONE
from neuroagent.app.engine.redis import RedisLines


class Client:
    """One end of a connection, as a server hands it to an app."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.got: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.got.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.got)


async def never() -> bool:
    return False


async def test_all_of_it_is_sent_between_a_beginning_and_an_end(opened: Opener, lines: RedisLines) -> None:
    hub, client = (await opened()).hub, Client()
    answering = asyncio.create_task(Live(hub, "r1", never)({}, client.receive, client.send))
    stream = RunStream(lines.commands, "r1", 1)
    await stream.begin()
    stream.say({"type": "start"})
    await stream.end({"type": "finish"})

    await answering

    assert client.body == BEGIN + b'data: {"type":"start"}\n\ndata: {"type":"finish"}\n\n' + DONE
    assert client.got[0]["status"] == 200
    assert client.got[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert (b"content-type", b"text/event-stream; charset=utf-8") in client.got[0]["headers"]


async def test_who_leaves_is_let_go(opened: Opener, redis_client: Redis) -> None:
    hub, client = (await opened()).hub, Client()
    answering = asyncio.create_task(Live(hub, "r1", never)({}, client.receive, client.send))
    await until(lambda: redis_client.pubsub_channels("run:*") == [b"run:r1"], "it is listened to")

    client.left.set()

    await answering
    assert redis_client.pubsub_channels("run:*") == []
