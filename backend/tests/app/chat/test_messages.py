"""A message comes into the tree whole, and in one way only."""

import pytest
from app.chat.tellings import message, ran, stored, tell
from processes import SOURCES
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from neuroagent.app.chat.files.made import FILES
from neuroagent.app.chat.search.texts import TEXTS
from neuroagent.app.chat.threads import Threads
from neuroagent.task_schemas.python import Figure


async def count(threads: Threads) -> tuple[int, int]:
    async with threads.ledger.database.read() as reading:
        counted = [await reading.scalar(select(func.count()).select_from(table)) for table in (TEXTS, FILES)]
    return int(counted[0] or 0), int(counted[1] or 0)


FIGURE = Figure(kind="matplotlib", files=(stored("figure-1.png"),))


async def test_with_it_come_its_words_and_the_files_that_it_made(threads: Threads) -> None:
    await tell(threads, message(ran("plot()", figures=(FIGURE,)), "a1"))

    assert await count(threads) == (1, 1)


async def test_what_can_t_be_written_leaves_nothing(threads: Threads) -> None:
    await tell(threads, message("hi"))

    with pytest.raises(IntegrityError):
        await tell(threads, message(ran("plot()", figures=(FIGURE,)), "u1"))

    assert await count(threads) == (1, 0)


async def test_all_of_it_goes_with_the_thread(threads: Threads) -> None:
    await tell(threads, message(ran("plot()", figures=(FIGURE,)), "a1"))
    await threads.delete("t1", "ada")

    await threads.forget("t1")

    assert await count(threads) == (0, 0)


def test_nobody_else_writes_messages() -> None:
    writers = [path.name for path in SOURCES.rglob("*.py") if "insert(MESSAGES)" in path.read_text(encoding="utf-8")]

    assert writers == ["messages.py"]
