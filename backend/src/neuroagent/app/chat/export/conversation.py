"""What an export is made of: a thread, its tree, the open branch, and what its files hold."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from neuroagent.app.chat.files.made import stored_in
from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.chat.models import MessageRow, ThreadRow
from neuroagent.app.storage import Storage
from neuroagent.app.storage.errors import StoredFileNotFound

Part = Mapping[str, Any]
SHOWN: Final = frozenset({"image/png", "application/json"})  # what a notebook or a page can show by itself
LARGEST_SHOWN: Final = 4 * 2**20  # bytes of one figure
ALL_SHOWN: Final = 8 * 2**20  # a link's snapshot lies in the database


@dataclass(frozen=True)
class Conversation:
    """`figures` are the bytes of those that lie in the store, by their keys."""

    thread: ThreadRow
    messages: Sequence[MessageRow]
    branch: Sequence[MessageRow]
    files: Sequence[ThreadFileRow] = ()
    figures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return " ".join(self.thread.title.split()) or "Conversation"


def parts_of(message: MessageRow) -> list[dict[str, Any]]:
    parts: Any = message.parts
    return [part for part in parts if isinstance(part, dict)]


def calls_of(message: MessageRow) -> Iterator[Part]:
    return (part for part in parts_of(message) if str(part.get("type")).startswith("tool-"))


async def figures_of(
    branch: Sequence[MessageRow], files: Sequence[ThreadFileRow], storage: Storage
) -> dict[str, bytes]:
    """Of the thread's own files, and no others: what an answer names is not believed."""
    ours = {row.key: row for row in files if row.media_type in SHOWN and row.size <= LARGEST_SHOWN}
    found: dict[str, bytes] = {}
    for key in (key for message in branch for key in _named(message) if key in ours):
        if sum(map(len, found.values())) + ours[key].size <= ALL_SHOWN:
            with suppress(StoredFileNotFound):  # somebody has deleted it
                found[key] = b"".join([chunk async for chunk in storage.read(key)])
    return found


def _named(message: MessageRow) -> Iterator[str]:
    outputs = (call.get("output") for call in calls_of(message))
    return (file.key for one in outputs if isinstance(one, dict) for file in stored_in(one.get("figures")))
