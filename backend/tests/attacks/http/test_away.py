"""Redis or the database is away: whoever asks is told when to come back, and nothing is left half done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.conftest import serving
from attacks.http.walk import routes
from databases import Postgres
from processes import RedisServer
from sqlalchemy import text
from valves import valve

from neuroagent.app.db.database import DatabaseSettings, open_database

HELLO = {"id": "t1", "messages": [{"role": "user", "parts": [{"type": "text", "text": "hello"}]}]}
TABLES = ("tasks", "threads", "messages", "runs", "circuits", "sessions")
CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "/api/chat", HELLO),
    ("POST", "/api/tasks", {"name": "ping", "input": {}}),
    ("POST", "/api/tools/check_worker/run", {"arguments": {}}),
]


async def test_a_redis_that_has_gone_silent(redis: RedisServer, tmp_path: Path) -> None:
    patience = {"password": redis.password, "command_timeout": 0.5, "connect_timeout": 0.5}
    async with valve(redis.port) as line:
        settings = {"redis": {"port": line.port, **patience}}
        async with serving(line.port, redis.password, tmp_path, **settings) as client:
            await client.get("/api/threads")
            line.shut()
            answers = [await client.request(method, path, json=body) for method, path, body in CHANGES]
            reading = await client.get("/api/threads")

            assert [answer.status_code for answer in answers] == [503] * len(CHANGES)
            assert all(answer.headers["retry-after"] for answer in answers)
            assert reading.json()["threads"] == []
            assert await rows(f"sqlite:///{tmp_path / 'neuroagent.db'}", tmp_path) in (
                dict.fromkeys(TABLES, 0),
                dict.fromkeys(TABLES, 0) | {"tasks": 2},
            )


async def test_a_database_that_is_away(redis: RedisServer, postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    async with front(postgres, tmp_path / "front") as door:
        through = url.partition("?host=")[0] + f"?host={quote(str(door.folder))}"
        database = {"database": {"url": through}}
        async with serving(redis.port, redis.password, tmp_path, **database) as client:
            assert (await client.get("/api/threads")).status_code == 200
            all_routes = [route for route in await routes(client) if route.path not in {"/", "/healthz", "/readyz"}]
            await door.shut()
            answers = {f"{r.method} {r.path}": await r.ask(client, {}, {}) for r in all_routes}
            crashed = {what: answer.text for what, answer in answers.items() if answer.status_code == 500}
            away = [answer for answer in answers.values() if answer.status_code == 503]

            assert crashed == {}
            assert len(away) > 20
            assert all(answer.headers["retry-after"] == "2" for answer in away)
            await door.open()
            assert (await client.get("/api/threads")).json()["threads"] == []

    assert await rows(url, tmp_path) == dict.fromkeys(TABLES, 0)


async def rows(url: str, folder: Path) -> dict[str, int]:
    database = open_database(DatabaseSettings.model_validate({"url": url}), folder)
    async with database.read() as reading:
        found = {name: await reading.scalar(text(f"SELECT count(*) FROM {name}")) for name in TABLES}
    await database.engine.dispose()
    return {name: int(number or 0) for name, number in found.items()}


class Front:
    """Stands before PostgreSQL's socket; shut, there is nobody behind it."""

    def __init__(self, postgres: Postgres, folder: Path) -> None:
        self.folder = folder
        self._behind = Path(postgres.socket_folder) / ".s.PGSQL.5432"
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, self.folder / ".s.PGSQL.5432")

    async def shut(self) -> None:
        assert self._server is not None
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        (self.folder / ".s.PGSQL.5432").unlink(missing_ok=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(self._carry(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_unix_connection(self._behind)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_passed(reader, requests))
                both.create_task(_passed(answers, writer))
        finally:
            requests.close()
            writer.close()


async def _passed(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(65_536):
            target.write(chunk)
            await target.drain()
    with suppress(OSError):
        target.write_eof()  # PostgreSQL hangs up when its client has


@asynccontextmanager
async def front(postgres: Postgres, folder: Path) -> AsyncIterator[Front]:
    door = Front(postgres, folder)
    await door.open()
    try:
        yield door
    finally:
        await door.shut()
