"""Messages as a conversation leaves them, for tests of what is made of them."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import update

from neuroagent.app.chat.messages import write_message
from neuroagent.app.chat.models import MessageRow, ThreadRow
from neuroagent.app.chat.threads import THREADS, Threads
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.python import RunPythonOutput, SessionReport, Times

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
TASK = "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10"
QUIET = RunPythonOutput(
    status="done",
    stdout="",
    stderr="",
    printed=(),
    cut=False,
    session=SessionReport(before="new", after="saved", why="a reason of ours"),
    times=Times(interpreter=0, restore=0, run=1, save=0, total=1),
)


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said, "state": "done"}


def stored(name: str, media_type: str = "image/png", size: int = 3, task: str = TASK) -> StoredFile:
    key = f"tasks/{task}/{name}"
    return StoredFile(key=key, name=name, media_type=media_type, size=size, sha256="0" * 64)


def ran(script: str, call: str = "r-0-0", **output: Any) -> list[dict[str, Any]]:
    """A script's call, as the page shows it: its progress, and what came of it."""
    came = QUIET.model_copy(update=output).model_dump(mode="json")
    shown = {"type": "tool-run_python", "toolCallId": call, "state": "output-available"}
    return [
        {"type": "step-start"},
        shown | {"input": {"python_script": script}, "output": came},
        {"type": "data-tool", "id": call, "data": {"task_id": TASK, "worker": "w@h", "state": "done"}},
    ]


def message(said: str | list[dict[str, Any]], message_id: str = "u1", **more: Any) -> dict[str, Any]:
    parts = [text(said)] if isinstance(said, str) else said
    values = {"thread_id": "t1", "id": message_id, "place": 1.0, "role": "user", "state": "complete", "model": ""}
    values |= {"tokens_in": 0, "tokens_out": 0, "parts": parts, "exchange": [], "created_at": NOON}
    return values | more


def rows(*messages: dict[str, Any]) -> list[MessageRow]:
    return [MessageRow(**one) for one in messages]


def thread(title: str = "Layer 5") -> ThreadRow:
    return ThreadRow(id="t1", owner="ada", title=title, created_at=NOON, updated_at=NOON)


async def tell(threads: Threads, *messages: dict[str, Any], owner: str = "ada") -> None:
    """Each after the one before, in threads of this owner."""
    parent = None
    for place, one in enumerate(messages):
        await threads.made(owner, one["thread_id"])
        values = {"parent": parent, **one, "place": float(place)}
        await threads.ledger.write(partial(write_message, message=values))
        parent = one["id"]
        at = update(THREADS).where(THREADS.c.id == one["thread_id"])
        await threads.ledger.change(at.values(head=parent))
