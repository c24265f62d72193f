"""A run read to its end, whatever happens to the process that carries it or to the stream that tells of it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.threads import BUSY
from neuroagent.app.chat.wire import Chunk, chunks_of
from neuroagent.app.doors.openai.content import Content, Heard

AGAIN: Final = 0.3  # seconds before a stream that was cut is read again
LAST: Final = ("finish", "abort")
SAID_OF: Final[dict[str, Chunk]] = {
    "done": {"type": "finish", "finishReason": "stop"},
    "stopped": {"type": "abort"},
    "withdrawn": {"type": "abort"},
}


@dataclass(frozen=True)
class Ended:
    """`why` is empty when all went well."""

    reason: str
    why: str = ""


@dataclass
class OnlyNew:
    """Of words told again from the beginning, those that nobody has heard."""

    whole: str = ""
    sent: str = ""

    def more(self, text: str) -> str:
        self.whole += text
        if self.whole.startswith(self.sent):
            shared = len(self.sent)
        elif self.sent.startswith(self.whole):
            return ""
        else:  # another process said it differently: from there on
            shared = next(place for place, (a, b) in enumerate(zip(self.whole, self.sent, strict=False)) if a != b)
        new, self.sent = self.whole[shared:], self.whole
        return new


async def answer(room: ChatRoom, run: RunRow, base: str) -> AsyncGenerator[Heard | Ended | None]:
    """Its words, each once; None: nothing for a while; at last how it ended."""
    content, said, thought, trouble = Content(base), OnlyNew(), OnlyNew(), ""
    async with aclosing(_chunks(room, run)) as chunks:
        async for chunk in chunks:
            if chunk is None:
                yield None
                continue
            if chunk["type"] == "start":
                content, said.whole, thought.whole = Content(base), "", ""
            heard = content.hear(chunk)
            yield Heard(said.more(heard.content), thought.more(heard.reasoning))
            if chunk["type"] == "error":
                trouble = str(chunk["errorText"])
            if chunk["type"] in LAST:
                yield Ended("length" if chunk.get("finishReason") == "length" else "stop", trouble)


async def _chunks(room: ChatRoom, run: RunRow) -> AsyncGenerator[Chunk | None]:
    while True:
        async with aclosing(_streamed(room, run)) as streamed:
            async for chunk in streamed:
                yield chunk
                if chunk is not None and chunk["type"] in LAST:
                    return
        if (now := await room.runs.rows.find(run.id)) is None or now.state not in BUSY:
            for kept in await _kept(room, now or run):
                yield kept
            return
        await asyncio.sleep(AGAIN)


async def _streamed(room: ChatRoom, run: RunRow) -> AsyncGenerator[Chunk | None]:
    """What Redis has of it; it ends early when another process took the run up."""
    async with aclosing(room.hub.read(run.id)) as pieces:
        async for piece in pieces:
            if piece is None:
                yield None
            if not piece:
                now = await room.runs.rows.find(run.id)
                if now is None or now.state not in BUSY:
                    return
                continue
            for line in piece.decode().split("\n"):
                if line.startswith("data: "):
                    chunk: Chunk = json.loads(line.removeprefix("data: "))
                    yield chunk


async def _kept(room: ChatRoom, run: RunRow) -> list[Chunk]:
    """The same from the database, when nobody tells it any more."""
    message = await room.threads.message(run.thread_id, run.answer)
    parts: Any = message.parts if message else []
    last = SAID_OF.get(run.state)
    ending: list[Chunk] = [last] if last else [{"type": "error", "errorText": run.failure or "There is no answer."}]
    ending += [] if last else [{"type": "finish", "finishReason": "error"}]
    return [{"type": "start"}, *chunks_of(parts), *ending]
