"""The conversation on a real database and a real Redis, with a model that says what the test wants."""

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.chat.ask import Question
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.room import ChatRoom, chat_room, open_gate
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.wire import Chunk
from neuroagent.app.circuits.entitycore import EntityCore, EntityCoreSettings
from neuroagent.app.circuits.intake import Intake
from neuroagent.app.circuits.repository import FOLDER, Repository
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.circuits.settings import CircuitsSettings
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.llm.builtin import builtin_model
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.opened import Models
from neuroagent.app.llm.settings import DEFAULT
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.notifications.settings import NotificationsSettings
from neuroagent.app.tools import TOOLS


@dataclass(frozen=True)
class Opener:
    """Opens conversations of one process after the other on the same database."""

    tasks: Tasks
    lines: RedisLines
    stack: AsyncExitStack
    approvals: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, model: ChatModel | None = None, **limits: float) -> ChatRoom:
        room = self.closed(model, **limits)
        await self.stack.enter_async_context(room.open())
        return room

    def closed(self, model: ChatModel | None = None, **limits: float) -> ChatRoom:
        """One whose process does nothing by itself."""
        settings = ChatSettings.model_validate({"limits": limits})
        circuits = circuits_room(self.tasks)
        bulletin = Bulletin(Mailboxes(self.tasks.ledger), self.lines.commands, NotificationsSettings())
        gate = open_gate(bulletin, ApprovalsSettings.model_validate(self.approvals))
        models = Models({DEFAULT: model or builtin_model()})
        return chat_room(circuits.tasks, self.lines, models, TOOLS, settings, circuits=circuits, gate=gate)


def circuits_room(tasks: Tasks) -> Circuits:
    """Its tasks may be given what people keep there."""
    shelves = {FOLDER: Repository(tasks.ledger).owns}
    tasks = replace(tasks, dispatch=replace(tasks.dispatch, shelves=shelves))
    storage = tasks.dispatch.storage
    intake, elsewhere = Intake(storage, 1_000_000), EntityCore(EntityCoreSettings())
    return Circuits(Repository(tasks.ledger), tasks, storage, intake, elsewhere, CircuitsSettings())


async def ask(room: ChatRoom, text: str, thread_id: str = "t1", **more: Any) -> RunRow:
    thread = await room.threads.made("ada", thread_id)
    run = await room.asking.ask(thread, Question(text, **more))
    await room.runs.begin(thread.id)
    return run


async def heard(room: ChatRoom, run: RunRow) -> list[Chunk]:
    """All that is said of it, until its end; who is sent away comes again."""
    chunks: list[Chunk] = []
    while not chunks or chunks[-1]["type"] not in {"finish", "abort"}:
        chunks = [chunk async for chunk in pieces(room, run)]
    return chunks


async def pieces(room: ChatRoom, run: RunRow) -> AsyncGenerator[Chunk]:

    async for sent in room.hub.read(run.id):
        for line in (sent or b"").decode().split("\n"):
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def said(chunks: list[Chunk]) -> str:
    return "".join(str(chunk["delta"]) for chunk in chunks if chunk["type"] == "text-delta")
