"""Which thread a request goes on with: the one that says what the client says was said, or a new one that does now.

Clients of the OpenAI API name no conversation: they send all of it. What the server has said and done itself is found
again, with what its tools answered; what it doesn't know is taken as words, and as nothing but words.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import Connection, select

from neuroagent.app.chat.messages import write_message
from neuroagent.app.chat.models import MessageRow, ThreadRow
from neuroagent.app.chat.threads import Threads
from neuroagent.app.doors.openai.content import content_of
from neuroagent.app.doors.openai.schemas import Conversation, Line, Role
from neuroagent.app.llm.model import from_client, from_nobody, from_person

MOST_LOOKED_AT: Final = 20  # threads that began with the same words
LINK: Final = re.compile(r"\]\([^)]*\)")  # the same file is reached by different names of the server
KEPT_AS: Final[dict[Role, Callable[[str], JsonValue]]] = {
    "system": from_client,
    "user": from_person,
    "assistant": from_nobody,
}


@dataclass(frozen=True)
class Place:
    """Where a question goes: after this message of this thread."""

    thread: ThreadRow
    after: str | None


@dataclass(frozen=True)
class Histories:
    threads: Threads

    async def place(self, said: Conversation, owner: str) -> Place:
        beginning = _beginning(said)
        if any(line.role == "assistant" for line in said.earlier):
            for thread in await self._begun_alike(owner, beginning):
                if end := _end(await self.threads.messages(thread.id), said.earlier):
                    return Place(thread, end)
        return await self._written_down(said, owner, beginning)

    async def _begun_alike(self, owner: str, beginning: str) -> Sequence[ThreadRow]:
        mine = select(ThreadRow).where(ThreadRow.owner == owner, ThreadRow.deleted_at.is_(None))
        query = mine.where(ThreadRow.id.startswith(beginning, autoescape=True)).order_by(ThreadRow.updated_at.desc())
        async with self.threads.ledger.database.read() as reading:
            return (await reading.scalars(query.limit(MOST_LOOKED_AT))).all()

    async def _written_down(self, said: Conversation, owner: str, beginning: str) -> Place:
        thread = await self.threads.made(owner, f"{beginning}{uuid4().hex[:16]}")
        rows = _rows(thread.id, said.earlier)
        if rows:
            await self.threads.ledger.write(lambda connection: _insert(connection, rows))
        return Place(thread, rows[-1]["id"] if rows else None)


def _beginning(said: Conversation) -> str:
    """The first letters of a thread's id: conversations that began with the same words share them."""
    lines = [*said.earlier, Line("user", said.question)]
    first = next(place for place, line in enumerate(lines) if line.role == "user")
    words = "\n".join(f"{line.role}:{_squeezed(line.text)}" for line in lines[: first + 1])
    return f"openai-{sha256(words.encode()).hexdigest()[:24]}-"


def _end(messages: Sequence[MessageRow], lines: Sequence[Line]) -> str | None:
    """The last message of a branch that says the same, if there is one; of several, the newest."""
    ends: set[str | None] = {None}
    for line in lines:
        ends = {message.id for message in messages if message.parent in ends and _says(message, line)}
    return next((message.id for message in reversed(messages) if message.id in ends), None)


def _says(message: MessageRow, line: Line) -> bool:
    parts: Any = message.parts
    return message.role == line.role and _squeezed(content_of(parts)) == _squeezed(line.text)


def _squeezed(text: str) -> str:
    """Clients trim what they keep."""
    return "".join(LINK.sub("]", text).split())


def _rows(thread_id: str, lines: Sequence[Line]) -> list[dict[str, Any]]:
    now, at = time.time(), datetime.now(UTC)
    ids = [None, *(uuid4().hex for _ in lines)]
    return [
        {
            "thread_id": thread_id,
            "id": ids[number + 1],
            "parent": ids[number],
            "place": now + number / 1_000_000,  # in their order, and before what is asked now
            "role": line.role,
            "state": "complete",
            "parts": [{"type": "text", "text": line.text}],
            "exchange": [KEPT_AS[line.role](line.text)],
            "created_at": at,
        }
        for number, line in enumerate(lines)
    ]


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        write_message(connection, row)
