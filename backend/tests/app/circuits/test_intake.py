"""A circuit's bytes as a caller sends them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256

import pytest
from starlette.requests import ClientDisconnect
from stores import chunks

from neuroagent.app.circuits.intake import Intake
from neuroagent.app.storage import Storage
from neuroagent.app.storage.errors import FileTooLarge, FormRefused, UploadStalled


async def test_what_comes_is_kept_under_a_key_of_its_own(storage: Storage) -> None:
    file = await Intake(storage, 100).take("1", "../../my circuit.gz", chunks(b"ab", b"c"))

    assert (file.key, file.name, file.size) == ("circuits/1/file", "../../my circuit.gz", 3)
    assert file.sha256 == sha256(b"abc").hexdigest()


async def test_nothing_is_no_circuit(storage: Storage) -> None:
    with pytest.raises(FormRefused, match="nothing in the upload"):
        await Intake(storage, 100).take("1", "c", chunks())


async def test_who_falls_asleep_is_not_waited_for(storage: Storage) -> None:
    async def asleep() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.sleep(600)

    with pytest.raises(UploadStalled, match="Nothing came"):
        await Intake(storage, 100, timedelta(seconds=0.05)).take("1", "c", asleep())
    assert not await storage.exists("circuits/1/file")


async def test_who_hangs_up_leaves_nothing(storage: Storage) -> None:
    async def hanging_up() -> AsyncIterator[bytes]:
        yield b"half"
        raise ClientDisconnect

    with pytest.raises(UploadStalled, match="broke off"):
        await Intake(storage, 100).take("1", "c", hanging_up())
    assert not await storage.exists("circuits/1/file")


def test_what_is_announced_as_too_large_is_not_heard(storage: Storage) -> None:
    intake = Intake(storage, 100)

    intake.must_fit({"content-length": "100"})
    intake.must_fit({})
    with pytest.raises(FileTooLarge):
        intake.must_fit({"content-length": "101"})
