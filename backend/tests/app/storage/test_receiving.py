import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from stores import DiskStore, bytes_of

from neuroagent.app.storage.errors import FileTooLarge, FormRefused, UploadStalled
from neuroagent.app.storage.receiving import HEARD_OUT, hear_out, receive

HEADERS = {"content-type": "multipart/form-data; boundary=line"}


def head(disk: DiskStore, max_bytes: int = 1000) -> bytes:
    form = disk.storage.upload_form("a/", max_bytes=max_bytes, audience="worker", lifetime=timedelta(hours=1))
    fields = form.fields | {"key": "a/b", "file": ""}
    parts = (
        f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()
    )
    return "\r\n".join(parts).encode()


async def body(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_form_is_received(disk: DiskStore) -> None:
    await receive(disk.storage, HEADERS, body(head(disk), b"content", b"\r\n--line--\r\n"))

    assert await bytes_of(disk.storage, "a/b") == b"content"


async def test_a_sender_that_falls_asleep_is_let_go(disk: DiskStore) -> None:
    async def sleeping() -> AsyncIterator[bytes]:
        yield head(disk)
        await asyncio.Event().wait()

    with pytest.raises(UploadStalled):
        await receive(disk.storage, HEADERS, sleeping(), patience=timedelta(milliseconds=50))

    assert disk.keys() == disk.leftovers() == []


async def test_an_oversized_file_is_refused_at_its_first_byte_too_many(disk: DiskStore) -> None:
    taken = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal taken
        yield head(disk, max_bytes=100)
        while True:
            taken += 50
            yield b"x" * 50

    with pytest.raises(FileTooLarge, match="100 bytes"):
        await receive(disk.storage, HEADERS, counted())

    assert taken <= 200  # the parser may hold some bytes back, as the start of a boundary
    assert disk.keys() == disk.leftovers() == []


async def test_an_oversized_length_is_refused_before_a_byte_is_read(disk: DiskStore) -> None:
    async def unread() -> AsyncIterator[bytes]:
        pytest.fail("nothing had to be read")
        yield b""

    with pytest.raises(FileTooLarge):
        await receive(disk.storage, HEADERS | {"content-length": str(2**30)}, unread())


async def test_a_body_that_never_ends_is_refused_also_behind_the_form(disk: DiskStore) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield head(disk) + b"content\r\n--line--\r\n"
        while True:
            yield b"x" * 2**16

    with pytest.raises(FileTooLarge):
        await receive(disk.storage, HEADERS, endless())

    assert disk.keys() == disk.leftovers() == []


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", ""])
async def test_a_length_that_is_no_number_is_refused(disk: DiskStore, length: str) -> None:
    with pytest.raises(FormRefused):
        await receive(disk.storage, HEADERS | {"content-length": length}, body())


async def test_a_refused_sender_is_heard_out_but_not_for_ever() -> None:
    heard = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal heard
        while True:
            heard += 2**16
            yield b"x" * 2**16

    async def asleep() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    await hear_out(endless())
    await hear_out(asleep())

    assert heard == HEARD_OUT + 2**16
