"""Stores for tests, each reached over HTTP as browsers and workers reach it: a folder behind the app, and an S3."""

import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from s3_server import S3Server

from neuroagent.app.errors import add_error_handlers
from neuroagent.app.storage import DiskStorage, Grants, Storage, StorageSettings
from neuroagent.app.storage.base import now
from neuroagent.app.storage.endpoints import files_router
from neuroagent.app.storage.s3 import S3Storage
from neuroagent.app.storage.settings import S3Settings

SECRET: Final = b"a secret of thirty-two bytes, ok"
MEBIBYTE: Final = 2**20


class Clock:
    """Real time, but for as much as a test moves it ahead."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self.ahead


@dataclass
class DiskStore:
    """A running app that serves a folder."""

    storage: DiskStorage
    settings: StorageSettings
    folder: Path
    clock: Clock

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def grants(self) -> Grants:
        return Grants(self.storage, SECRET, self.settings, self.clock)

    def skip(self, time: timedelta) -> None:
        self.clock.ahead += time

    def keys(self) -> list[str]:
        return _files(self.folder / "objects")

    def leftovers(self) -> list[str]:
        return _files(self.folder / "incoming")

    def empty(self) -> None:
        """As new, for the next test: starting an app for each would take most of their time."""
        self.clock.ahead = timedelta()
        for folder in (self.folder / "objects", self.folder / "incoming"):
            shutil.rmtree(folder)
            folder.mkdir()


@dataclass
class S3Store:
    """A bucket."""

    storage: S3Storage
    settings: StorageSettings
    server: S3Server
    clock: Clock

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def grants(self) -> Grants:
        return Grants(self.storage, SECRET, self.settings, self.clock)

    def skip(self, time: timedelta) -> None:
        self.clock.ahead += time
        self.server.ahead += time

    def keys(self) -> list[str]:
        self.server.ahead = timedelta()  # the app's own requests are signed by the real clock
        return sorted(self.storage._keys(""))

    def leftovers(self) -> list[str]:
        return []

    def empty(self) -> None:
        self.clock.ahead = self.server.ahead = timedelta()
        self.storage._delete_all(list(self.storage._keys("")))


Store = DiskStore | S3Store


@contextmanager
def disk_store(folder: Path, max_upload_bytes: int = MEBIBYTE) -> Iterator[DiskStore]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = StorageSettings(folder=folder, public_url=url, max_upload_bytes=max_upload_bytes)
    clock = Clock()
    storage = DiskStorage(folder, settings, SECRET, clock)
    with listener, _serving(_app(storage), listener):
        yield DiskStore(storage, settings, folder, clock)


@asynccontextmanager
async def s3_store(server: S3Server, max_upload_bytes: int = MEBIBYTE) -> AsyncIterator[S3Store]:
    settings = s3_settings(server, max_upload_bytes)
    storage = S3Storage(settings)
    try:
        yield S3Store(storage, settings, server, Clock())
    finally:
        await storage.close()


def s3_settings(server: S3Server, max_upload_bytes: int = MEBIBYTE) -> StorageSettings:
    bucket = S3Settings(
        endpoint_url=server.url,
        bucket=server.bucket,
        access_key_id=server.access_key,
        secret_access_key=SecretStr(server.secret_key),
    )
    # Browsers know the same server by another name than workers do, so that a link is seen to hold for one of them.
    public_url = server.url.replace("127.0.0.1", "localhost")
    return StorageSettings(
        backend="s3", s3=bucket, public_url=public_url, worker_url=server.url, max_upload_bytes=max_upload_bytes
    )


async def bytes_of(storage: Storage, key: str) -> bytes:
    return b"".join([chunk async for chunk in storage.read(key)])


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _app(storage: DiskStorage) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await storage.ready()
        yield

    app = FastAPI(lifespan=lifespan)
    app.include_router(files_router(storage))
    add_error_handlers(app)
    return app


@contextmanager
def _serving(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or path.is_file())
