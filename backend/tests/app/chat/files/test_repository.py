"""A thread's files: whose they are, what a script finds, how they go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from app.chat.tellings import NOON, message, ran, stored, tell

from neuroagent.app.chat.ask import Asking, Question
from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.app.chat.files.repository import ThreadFiles
from neuroagent.app.chat.files.settings import FileLimits
from neuroagent.app.chat.threads import Threads
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.storage import Storage
from neuroagent.task_schemas.python import Figure

LIMITS = FileLimits(most=3, thread_bytes=10)


@pytest.fixture
async def files(threads: Threads, storage: Storage) -> ThreadFiles:
    await threads.made("ada", "t1")
    return ThreadFiles(threads.ledger, storage, LIMITS)


async def content() -> AsyncIterator[bytes]:
    yield b"abc"


async def put(files: ThreadFiles, name: str = "a.csv", size: int = 3, at: datetime = NOON) -> ThreadFileRow:
    file_id = str(uuid4())
    key = f"threads/t1/{file_id}"
    await files.storage.save(key, content())
    row = ThreadFileRow(id=file_id, thread_id="t1", kind="upload", key=key, name=name, created_at=at)
    row.media_type, row.size, row.sha256 = "text/csv", size, "0" * 64
    return await files.add(row)


async def test_a_second_one_of_a_name_gets_another(files: ThreadFiles) -> None:
    assert [(await put(files)).name for _ in range(3)] == ["a.csv", "a-2.csv", "a-3.csv"]


async def test_ten_at_once_don_t_get_past_the_limit(files: ThreadFiles) -> None:
    came = await asyncio.gather(*(put(files) for _ in range(10)), return_exceptions=True)

    assert sum(isinstance(one, Conflict) for one in came) == 7
    assert len(await files.page("t1")) == 3


async def test_a_thread_takes_so_many_bytes(files: ThreadFiles) -> None:
    await put(files, size=6)

    with pytest.raises(Conflict, match="10 bytes"):
        await put(files, size=5)


async def test_a_deleted_thread_takes_none(files: ThreadFiles, threads: Threads) -> None:
    await threads.delete("t1", "ada")

    with pytest.raises(Conflict, match="deleted"):
        await put(files)


async def test_what_is_at_hand_is_what_was_there_when_it_was_asked(files: ThreadFiles) -> None:
    early, late = await put(files), await put(files, at=NOON + timedelta(seconds=5))

    assert await files.at_hand("ada", "t1", NOON + timedelta(seconds=1)) == (early.stored,)
    assert await files.at_hand("ada", "t1") == (early.stored, late.stored)
    assert await files.at_hand("bob", "t1") == ()


async def test_what_was_made_is_not_put_there_again(files: ThreadFiles, threads: Threads) -> None:
    await tell(threads, message(ran("x", figures=(Figure(kind="matplotlib", files=(stored("a.png"),)),))))

    assert await files.at_hand("ada", "t1") == ()


async def test_it_is_its_owner_s_to_the_last_digit(files: ThreadFiles, threads: Threads) -> None:
    file = (await put(files)).stored

    assert await files.owns(file, "ada")
    assert not await files.owns(file, "bob")
    assert not await files.owns(file.model_copy(update={"sha256": "1" * 64}), "ada")
    assert not await files.owns(file.model_copy(update={"name": "b.csv"}), "ada")
    assert not await files.owns(file.model_copy(update={"key": "threads/\0/x"}), "ada")
    await threads.delete("t1", "ada")
    assert not await files.owns(file, "ada")


async def test_one_is_deleted_with_its_bytes(files: ThreadFiles) -> None:
    row = await put(files)

    await files.delete(row)

    assert not await files.storage.exists(row.key)
    with pytest.raises(NotFound):
        await files.one("t1", row.id)


async def test_none_is_deleted_under_an_answer_s_feet(files: ThreadFiles, threads: Threads) -> None:
    row = await put(files)
    await Asking(threads).ask(await threads.mine("t1", "ada"), Question("go"))

    with pytest.raises(Conflict, match="is being answered"):
        await files.delete(row)

    assert await files.storage.exists(row.key)


async def test_with_the_thread_go_the_bytes_of_all(files: ThreadFiles, threads: Threads) -> None:
    made, theirs = stored("a.png"), stored("b.png")
    await tell(threads, message(ran("x", figures=(Figure(kind="matplotlib", files=(made,)),))))
    for key in (made.key, theirs.key, "threads/t1/left-over", "threads/t10/x"):
        await files.storage.save(key, content())
    row = await put(files)

    await files.forget("t1")

    gone = [made.key, row.key, "threads/t1/left-over"]
    assert [await files.storage.exists(key) for key in gone] == [False] * 3
    assert await files.storage.exists(theirs.key)
    assert await files.storage.exists("threads/t10/x")
