"""What the conversation's routes stand on, put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from neuroagent.app.chat.ask import Asking
from neuroagent.app.chat.bin import emptied
from neuroagent.app.chat.run_hub import RunHub
from neuroagent.app.chat.run_rows import RunRows
from neuroagent.app.chat.runs import Runs
from neuroagent.app.chat.settings import ChatSettings
from neuroagent.app.chat.threads import Threads
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.tools.base import AnyTool


@dataclass(frozen=True)
class ChatRoom:
    threads: Threads
    asking: Asking
    runs: Runs
    hub: RunHub
    settings: ChatSettings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        bin_emptied = emptied(self.threads, self.runs.tasks.dispatch.sessions, self.settings.undo_days)
        async with self.hub.open(), self.runs.open(), bin_emptied:
            yield


def chat_room(  # noqa: PLR0913, PLR0917 - a room needs what it needs
    tasks: Tasks,
    lines: RedisLines,
    model: ChatModel,
    tools: Mapping[str, AnyTool],
    settings: ChatSettings,
    named: Mapping[str, ChatModel] | None = None,
) -> ChatRoom:
    threads, rows = Threads(tasks.ledger), RunRows(tasks.ledger, str(uuid4()))
    runs = Runs(rows, threads, lines.commands, tasks, model, tools, settings.limits, named or {})
    return ChatRoom(threads, Asking(threads), runs, RunHub(lines.commands, lines.kept, runs.stop), settings)
