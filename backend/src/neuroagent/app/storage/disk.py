"""Files in a folder of this machine, reached through the app's own signed links."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from anyio import to_thread

from neuroagent.app.storage.attachment import safe_media_type
from neuroagent.app.storage.base import Audience, Form, Saved, now
from neuroagent.app.storage.errors import (
    FileTooLarge,
    KeyRefused,
    KeyTaken,
    StoredFileNotFound,
    StoreUnavailable,
)
from neuroagent.app.storage.keys import check_key, check_prefix
from neuroagent.app.storage.links import Download, Links, Policy
from neuroagent.app.storage.settings import StorageSettings

CHUNK: Final = 2**18
ABANDONED_AFTER: Final = timedelta(hours=1)  # an upload in progress writes every minute, or is refused as stalled


class DiskStorage:
    """Stored files lie under `objects` by their keys; uploads in progress under `incoming`."""

    def __init__(
        self, folder: Path, settings: StorageSettings, secret: bytes, clock: Callable[[], datetime] = now
    ) -> None:
        folder = folder.resolve()
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        self._settings = settings
        self._clock = clock
        self.links = Links(secret, clock)

    @property
    def max_bytes(self) -> int:
        return self._settings.max_upload_bytes

    async def ready(self) -> None:
        await to_thread.run_sync(self._prepare)

    async def close(self) -> None:
        """A folder needs no closing."""

    async def save(self, key: str, chunks: AsyncIterable[bytes]) -> Saved:
        check_key(key)
        digest, size = hashlib.sha256(), 0
        part, path = await to_thread.run_sync(self._new_part)
        try:
            async for chunk in chunks:
                size += len(chunk)
                if size > self.max_bytes:
                    raise FileTooLarge(self.max_bytes)
                digest.update(chunk)
                await to_thread.run_sync(part.write, chunk)
            await to_thread.run_sync(self._put, part, path, key)
        finally:
            part.close()
            path.unlink(missing_ok=True)
        return Saved(size, digest.hexdigest())

    async def read(self, key: str) -> AsyncIterator[bytes]:
        path, _ = await self.locate(key)
        file = await to_thread.run_sync(path.open, "rb")
        with file:
            while chunk := await to_thread.run_sync(file.read, CHUNK):
                yield chunk

    async def size(self, key: str) -> int:
        _, found = await self.locate(key)
        return found.st_size

    async def exists(self, key: str) -> bool:
        try:
            await self.locate(key)
        except StoredFileNotFound:
            return False
        return True

    async def delete(self, key: str) -> None:
        await to_thread.run_sync(self._delete, check_key(key))

    async def delete_prefix(self, prefix: str) -> None:
        await to_thread.run_sync(self._delete_folder, check_prefix(prefix))

    def download_link(
        self, key: str, *, name: str, media_type: str | None = None, audience: Audience, lifetime: timedelta
    ) -> str:
        download = Download(check_key(key), name, safe_media_type(media_type))
        return self._settings.address(audience) + self.links.download_path(download, self._expires(lifetime))

    def upload_form(self, prefix: str, *, max_bytes: int, audience: Audience, lifetime: timedelta) -> Form:
        policy = Policy(prefix=check_prefix(prefix), max_bytes=max_bytes, expires=self._expires(lifetime))
        return Form(f"{self._settings.address(audience)}/files", self.links.upload_fields(policy))

    async def locate(self, key: str) -> tuple[Path, os.stat_result]:
        """Where a file lies; a symbolic link in the folder is no stored file, wherever it leads."""
        return await to_thread.run_sync(self._locate, check_key(key))

    def _expires(self, lifetime: timedelta) -> int:
        return int((self._clock() + lifetime).timestamp())

    def _prepare(self) -> None:
        try:
            for folder in (self._objects, self._incoming):
                folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._incoming):
                pass
        except OSError as error:
            raise StoreUnavailable(f"Files can't be stored in {self._objects.parent}: {error.strerror}.") from error
        oldest = (self._clock() - ABANDONED_AFTER).timestamp()
        for part in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # another replica sweeps the same folder
                if part.lstat().st_mtime < oldest:
                    part.unlink()

    def _new_part(self) -> tuple[BinaryIO, Path]:
        handle, path = tempfile.mkstemp(dir=self._incoming)
        return os.fdopen(handle, "wb", buffering=CHUNK), Path(path)

    def _put(self, part: BinaryIO, path: Path, key: str) -> None:
        target = self._objects / key
        part.flush()
        os.fsync(part.fileno())
        try:
            self._refuse_links(target.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._refuse_links(target.parent)
            path.replace(target)
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            raise KeyTaken(f"The key {key!r} lies below a stored file, or other files lie below it.") from error
        _sync_folder(target.parent)

    def _locate(self, key: str) -> tuple[Path, os.stat_result]:
        path = self._objects / key
        if self._is_linked(path):
            raise StoredFileNotFound(key)
        try:
            found = path.lstat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise StoredFileNotFound(key) from error
        if not stat.S_ISREG(found.st_mode):
            raise StoredFileNotFound(key)
        return path, found

    def _delete(self, key: str) -> None:
        path = self._objects / key
        self._refuse_links(path.parent)
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()

    def _delete_folder(self, prefix: str) -> None:
        folder = self._objects / prefix
        self._refuse_links(folder)
        with suppress(FileNotFoundError, NotADirectoryError):
            shutil.rmtree(folder)

    def _refuse_links(self, folder: Path) -> None:
        if self._is_linked(folder):
            raise KeyRefused("A symbolic link lies in the store's folder; remove it, files are only kept in folders.")

    def _is_linked(self, path: Path) -> bool:
        """Whether the way to it leads over a symbolic link, be it one that leads nowhere or in a circle."""
        way = (path, *path.parents)
        return any(step.is_symlink() for step in way[: way.index(self._objects) + 1])


def _sync_folder(folder: Path) -> None:
    """A rename is on disk once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
