"""A circuit's bytes as a caller sends them: as they come into the store, neither endless nor asleep."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.requests import ClientDisconnect

from neuroagent.app.circuits.repository import FOLDER
from neuroagent.app.storage import Storage
from neuroagent.app.storage.errors import FileTooLarge, FormRefused, UploadStalled
from neuroagent.task_schemas.files import StoredFile

PATIENCE: Final = timedelta(seconds=60)
ANY_BYTES: Final = "application/octet-stream"


@dataclass(frozen=True)
class Intake:
    storage: Storage
    max_bytes: int
    patience: timedelta = PATIENCE

    async def take(self, circuit_id: str, name: str, body: AsyncIterable[bytes]) -> StoredFile:
        """The key has nothing of the name in it, which is a person's own."""
        key = f"{prefix(circuit_id)}file"
        saved = await self.storage.save(key, self._bounded(body))
        if not saved.size:
            raise FormRefused("There was nothing in the upload; send the file as the body of the request.")
        return StoredFile(key=key, name=name, media_type=ANY_BYTES, size=saved.size, sha256=saved.sha256)

    def must_fit(self, headers: Mapping[str, str]) -> None:
        """What says that it is too large need not be heard."""
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.max_bytes:
            raise FileTooLarge(self.max_bytes)

    async def _bounded(self, body: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
        chunks = aiter(body)
        while True:
            try:
                async with asyncio.timeout(self.patience.total_seconds()):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                raise UploadStalled(
                    f"Nothing came for {self.patience.total_seconds():.0f} s; send the file again."
                ) from error
            except ClientDisconnect as error:  # nobody is left to read it; it only marks the log
                raise UploadStalled("The upload broke off; send the file again.") from error
            if chunk is None:
                return
            yield chunk


def prefix(circuit_id: str) -> str:
    """Where a circuit's bytes lie."""
    return f"{FOLDER}/{circuit_id}/"
