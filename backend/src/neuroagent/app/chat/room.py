"""What the conversation's routes stand on, put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from neuroagent.app.approvals.gate import Gate
from neuroagent.app.approvals.questions import Questions
from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.background import swept
from neuroagent.app.chat.ask import Asking
from neuroagent.app.chat.bin import emptied
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.run_hub import RunHub
from neuroagent.app.chat.run_rows import RunRows, settled
from neuroagent.app.chat.runs import Runs
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.threads import Threads
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.llm.opened import Models
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.tools.outside import OfferedTool

EXPIRED_EVERY: Final = 5.0  # seconds


@dataclass(frozen=True)
class ChatRoom:
    threads: Threads
    files: ThreadFiles
    asking: Asking
    runs: Runs
    hub: RunHub
    settings: ChatSettings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        bin_emptied = emptied(self.threads, self.files, self.runs.tasks.dispatch.sessions, self.settings.undo_days)
        expired = swept(self.runs.gate.questions.expire, "approvals.not_swept", EXPIRED_EVERY)
        async with self.runs.gate.bulletin.open(), self.hub.open(), self.runs.open(), bin_emptied, expired:
            yield


def chat_room(  # noqa: PLR0913 - each is a room that it stands on
    tasks: Tasks,
    lines: RedisLines,
    models: Models,
    tools: Mapping[str, OfferedTool],
    settings: ChatSettings,
    *,
    circuits: Circuits,
    gate: Gate,
) -> ChatRoom:
    threads, rows = Threads(tasks.ledger), RunRows(tasks.ledger, str(uuid4()))
    files = ThreadFiles(tasks.ledger, tasks.dispatch.storage, settings.files)
    runs = Runs(rows, threads, files, lines.commands, tasks, models, tools, circuits, settings.limits, gate)
    hub = RunHub(lines.commands, lines.kept, runs.stop, gate.bulletin.hear)
    return ChatRoom(threads, files, Asking(threads), runs, hub, settings)


def open_gate(bulletin: Bulletin, settings: ApprovalsSettings) -> Gate:
    return Gate(Questions(bulletin.mailboxes.ledger, settled), bulletin, settings)
