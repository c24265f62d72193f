"""What an export may show of the store: the thread's own figures, and not without end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from app.chat.tellings import message, ran, rows, stored, thread

from neuroagent.app.chat.export.conversation import LARGEST_SHOWN, Conversation, calls_of, figures_of, parts_of
from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.storage import Storage
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.python import Figure


def listed(file: StoredFile) -> ThreadFileRow:
    return ThreadFileRow(id=file.name, thread_id="t1", kind="made", **file.model_dump())


async def shown(storage: Storage, named: StoredFile, *ours: StoredFile) -> dict[str, bytes]:
    async def content() -> AsyncIterator[bytes]:
        yield b"png"

    await storage.save(named.key, content())
    branch = rows(message(ran("x", figures=(Figure(kind="matplotlib", files=(named,)),))))
    return await figures_of(branch, [listed(one) for one in ours], storage)


async def test_a_figure_of_the_thread_is_read(storage: Storage) -> None:
    png = stored("a.png")

    assert await shown(storage, png, png) == {png.key: b"png"}


@pytest.mark.parametrize(
    "change", [{"media_type": "image/svg+xml"}, {"size": LARGEST_SHOWN + 1}, {"media_type": "text/html"}]
)
async def test_what_nobody_can_show_is_left(change: dict[str, Any], storage: Storage) -> None:
    file = stored("a.png").model_copy(update=change)

    assert await shown(storage, file, file) == {}


async def test_what_the_thread_doesn_t_own_is_never_read(storage: Storage) -> None:
    assert await shown(storage, stored("secret.png", task="another"), stored("a.png")) == {}


async def test_what_was_deleted_is_left(storage: Storage) -> None:
    png, gone = stored("a.png"), stored("gone.png")
    figures = (Figure(kind="matplotlib", files=(png, gone)),)
    await shown(storage, png)

    found = await figures_of(rows(message(ran("x", figures=figures))), [listed(png), listed(gone)], storage)

    assert found == {png.key: b"png"}


def test_a_title_is_one_line_and_never_empty() -> None:
    assert Conversation(thread("a\nb"), [], []).title == "a b"
    assert Conversation(thread(" "), [], []).title == "Conversation"


def test_calls_are_the_parts_that_are_tools() -> None:
    [row] = rows(message(ran("x")))

    assert [part["type"] for part in calls_of(row)] == ["tool-run_python"]
    assert len(parts_of(row)) == 3
