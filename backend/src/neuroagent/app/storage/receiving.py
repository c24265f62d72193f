"""An upload as it comes in: who may, then where to, then the bytes; refused as early as each can be known."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from neuroagent.app.storage.disk import DiskStorage
from neuroagent.app.storage.errors import FileTooLarge, FormRefused, LinkRefused, UploadStalled
from neuroagent.app.storage.keys import check_key_under
from neuroagent.app.storage.links import Links, Policy
from neuroagent.app.storage.multipart import Field, FileBytes, FileStart, FormEnd, FormEvent, FormReader

FORM_OVERHEAD: Final = 2**16  # what a form may weigh besides its file
PATIENCE: Final = timedelta(seconds=60)
HEARD_OUT: Final = 2**20  # bytes
HEARD_OUT_FOR: Final = 1.0  # seconds


async def receive(
    storage: DiskStorage, headers: Mapping[str, str], body: AsyncIterable[bytes], patience: timedelta = PATIENCE
) -> None:
    """Store the file of a form, or refuse it and leave nothing."""
    announced = _announced(headers)
    _refuse_larger(announced, storage.max_bytes)
    reader = FormReader(headers.get("content-type", ""))
    async with aclosing(_events(reader, _bounded(body, storage.max_bytes, patience))) as events:
        policy, key = await _permission(events, storage.links)
        _refuse_larger(announced, policy.max_bytes)
        await storage.save(key, _file(events, policy.max_bytes))


@asynccontextmanager
async def arriving(
    headers: Mapping[str, str], body: AsyncIterable[bytes], max_bytes: int, patience: timedelta = PATIENCE
) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
    """The file of a person's form: what it is called there, and its bytes as they come."""
    _refuse_larger(_announced(headers), max_bytes)
    reader = FormReader(headers.get("content-type", ""))
    async with aclosing(_events(reader, _bounded(body, max_bytes, patience))) as events:
        async for event in events:
            if isinstance(event, FileStart):
                yield event.name, _file(events, max_bytes)
                return
    raise FormRefused("The form has no file; send it as the field `file`.")


async def hear_out(body: AsyncIterable[bytes]) -> None:
    """Let a refused sender finish if it is nearly done: hung up on, it reads a broken connection and no refusal."""
    heard = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(HEARD_OUT_FOR):
            async for chunk in body:
                heard += len(chunk)
                if heard > HEARD_OUT:
                    return


def _announced(headers: Mapping[str, str]) -> int:
    """Zero when the client doesn't say: then the bytes are counted all the same."""
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()):
        raise FormRefused(f"The Content-Length {length[:40]!r} is not a number.")
    return int(length)


def _refuse_larger(announced: int, max_bytes: int) -> None:
    if announced > max_bytes + FORM_OVERHEAD:
        raise FileTooLarge(max_bytes)


async def _bounded(body: AsyncIterable[bytes], max_bytes: int, patience: timedelta) -> AsyncGenerator[bytes]:
    """Neither endless nor asleep."""
    received = 0
    chunks = aiter(body)
    while True:
        try:
            async with asyncio.timeout(patience.total_seconds()):
                chunk = await anext(chunks, None)
        except TimeoutError as error:
            raise UploadStalled(f"Nothing came for {patience.total_seconds():.0f} s; send the form again.") from error
        if chunk is None:
            return
        received += len(chunk)
        _refuse_larger(received, max_bytes)  # what follows the closing boundary counts too
        yield chunk


async def _events(reader: FormReader, body: AsyncGenerator[bytes]) -> AsyncGenerator[FormEvent]:
    async with aclosing(body) as chunks:
        async for chunk in chunks:
            for event in reader.feed(chunk):
                yield event


async def _permission(events: AsyncIterator[FormEvent], links: Links) -> tuple[Policy, str]:
    """Read the fields up to the file; by then the form has to have proved itself."""
    fields: dict[str, str] = {}
    async for event in events:
        match event:
            case Field(name, value) if name not in fields:
                fields[name] = value
            case FileStart():
                return _permitted(fields, links)
            case Field(name):
                raise FormRefused(f"The form has the field {name[:40]!r} twice.")
            case _:
                break
    raise FormRefused("The form has no file; send `policy`, `signature`, `key` and then `file`.")


def _permitted(fields: Mapping[str, str], links: Links) -> tuple[Policy, str]:
    if not {"policy", "signature"} <= fields.keys():
        raise LinkRefused("The form shows no leave to upload: `policy` and `signature` come before `file`.")
    policy = links.check_upload(fields)
    if "key" not in fields:
        raise FormRefused("The form doesn't say where to: `key` comes before `file`.")
    return policy, check_key_under(policy.prefix, fields["key"])


async def _file(events: AsyncIterator[FormEvent], max_bytes: int) -> AsyncIterator[bytes]:
    """The file's bytes; it ends without trouble only if the form was whole."""
    size, whole = 0, False
    async for event in events:
        match event:
            case FileBytes(data):
                size += len(data)
                if size > max_bytes:
                    raise FileTooLarge(max_bytes)
                yield data
            case FormEnd():
                whole = True
            case Field() | FileStart():
                raise FormRefused("`file` is the last field of the form.")
    if not whole:
        raise FormRefused("The form broke off before its closing boundary; send it again.")
