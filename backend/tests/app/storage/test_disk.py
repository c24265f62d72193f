import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from stores import SECRET, DiskStore, bytes_of, chunks

from neuroagent.app.storage import DiskStorage, StorageSettings
from neuroagent.app.storage.errors import KeyTaken, StoredFileNotFound, StoreUnavailable


async def test_a_folder_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    storage = DiskStorage(tmp_path / "file", StorageSettings(), SECRET)

    with pytest.raises(StoreUnavailable, match=str(tmp_path / "file")):
        await storage.ready()


async def test_leftovers_of_a_crash_are_swept_at_the_start_and_uploads_in_progress_are_not(disk: DiskStore) -> None:
    incoming = disk.folder / "incoming"
    (incoming / "abandoned").write_bytes(b"x")
    (incoming / "in-progress").write_bytes(b"x")
    two_hours_ago = disk.clock().timestamp() - 7200
    os.utime(incoming / "abandoned", (two_hours_ago, two_hours_ago))

    await disk.storage.ready()

    assert disk.leftovers() == ["in-progress"]


async def test_a_save_that_is_cancelled_leaves_nothing(disk: DiskStore) -> None:
    started = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"first"
        started.set()
        await asyncio.Event().wait()

    saving = asyncio.create_task(disk.storage.save("a/b", endless()))
    await started.wait()
    assert len(disk.leftovers()) == 1
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving

    assert disk.keys() == disk.leftovers() == []


async def test_a_reader_keeps_what_it_opened_while_the_file_is_replaced(disk: DiskStore) -> None:
    await disk.storage.save("a/b", chunks(b"x" * 2**19))

    reader = disk.storage.read("a/b")
    first = await anext(reader)
    await disk.storage.save("a/b", chunks(b"new"))
    rest = b"".join([chunk async for chunk in reader])

    assert first + rest == b"x" * 2**19
    assert await bytes_of(disk.storage, "a/b") == b"new"


async def test_a_file_and_a_folder_cannot_share_a_key(disk: DiskStore) -> None:
    await disk.storage.save("a/b", chunks(b"x"))

    with pytest.raises(KeyTaken, match="a/b/c"):
        await disk.storage.save("a/b/c", chunks(b"x"))
    with pytest.raises(KeyTaken, match="'a'"):
        await disk.storage.save("a", chunks(b"x"))

    assert disk.keys() == ["a/b"]
    assert disk.leftovers() == []


async def test_what_lies_below_a_file_is_not_there(disk: DiskStore) -> None:
    await disk.storage.save("a/b", chunks(b"x"))

    assert not await disk.storage.exists("a/b/c")
    assert not await disk.storage.exists("a")
    await disk.storage.delete("a/b/c")
    await disk.storage.delete_prefix("a/b/")

    assert disk.keys() == ["a/b"]


async def test_a_pipe_in_the_folder_is_no_file(disk: DiskStore) -> None:
    os.mkfifo(disk.folder / "objects" / "pipe")

    with pytest.raises(StoredFileNotFound):
        await bytes_of(disk.storage, "pipe")


async def test_files_are_for_their_owner_only(disk: DiskStore) -> None:
    await disk.storage.save("a/b", chunks(b"x"))

    assert (disk.folder / "objects/a/b").stat().st_mode & 0o777 == 0o600


async def test_links_name_the_host_of_their_audience(tmp_path: Path) -> None:
    settings = StorageSettings(public_url="https://chat.example/base", worker_url="http://app:8078")
    storage = DiskStorage(tmp_path, settings, SECRET)
    hour = timedelta(hours=1)

    browsers = storage.download_link("a/b", name="b", audience="browser", lifetime=hour)
    workers = storage.download_link("a/b", name="b", audience="worker", lifetime=hour)
    form = storage.upload_form("a/", max_bytes=1, audience="worker", lifetime=hour)

    assert browsers.startswith("https://chat.example/base/files/a/b?expires=")
    assert workers.startswith("http://app:8078/files/a/b?expires=")
    assert form.url == "http://app:8078/files"
