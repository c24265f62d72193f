"""The connection to the database, and its two kinds of transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from neuroagent.app.db.sqlite import tune_sqlite
from neuroagent.config.settings import Section

DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class DatabaseSettings(Section):
    """Where the app keeps what it owns."""

    url: SecretStr | None = Field(
        None, description="`postgresql://…` or `sqlite:///…`; by default SQLite in the data folder."
    )
    pool_size: int = Field(10, ge=1, description="Connections kept open.")
    pool_overflow: int = Field(20, ge=0, description="More of them under load, closed again afterwards.")

    @field_validator("url")
    @classmethod
    def _known_kind(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and _kind(url.get_secret_value()) not in DRIVERS:
            raise ValueError("a database URL starts with postgresql:// or sqlite:///")
        return url


@dataclass(frozen=True)
class Database:
    """Opened once, closed at the end of the process."""

    engine: AsyncEngine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed at its end; SQLite takes the write lock at once and not half-way through."""
        writing = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        async with AsyncSession(writing, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"


def open_database(settings: DatabaseSettings, data_folder: Path) -> Database:
    if settings.url is None:
        data_folder.mkdir(parents=True, exist_ok=True)
    url = settings.url.get_secret_value() if settings.url else f"sqlite:///{data_folder / 'neuroagent.db'}"
    kind, _, rest = url.partition("://")
    driver = DRIVERS[_kind(url)]
    engine = create_async_engine(
        make_url(f"{driver}://{rest}"),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_pre_ping=kind != "sqlite",
        hide_parameters=True,  # what people wrote must not end in a log
    )
    if driver == DRIVERS["sqlite"]:
        tune_sqlite(engine.sync_engine)
    return Database(engine)


def _kind(url: str) -> str:
    return url.partition("://")[0].partition("+")[0]
