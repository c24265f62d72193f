"""The one seam between the app and wherever files lie."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

Audience = Literal["browser", "worker"]


@dataclass(frozen=True)
class Saved:
    """What arrived."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Form:
    """Leave to upload: POST `fields`, then `key`, then `file` to `url`, as multipart/form-data."""

    url: str
    fields: dict[str, str]


class Storage(Protocol):
    """Files by key. Whoever holds a link needs nothing else, so links run out."""

    async def ready(self) -> None:
        """Called once at start: a store that can't be used says so now, not at the first upload."""

    async def close(self) -> None: ...

    async def save(self, key: str, chunks: AsyncIterable[bytes]) -> Saved:
        """All of it or nothing; what lay under the key is replaced in one step."""

    def read(self, key: str) -> AsyncIterator[bytes]: ...

    async def size(self, key: str) -> int: ...

    async def exists(self, key: str) -> bool: ...

    async def delete(self, key: str) -> None:
        """Deleting what isn't there is no error."""

    async def delete_prefix(self, prefix: str) -> None: ...

    def download_link(
        self, key: str, *, name: str, media_type: str | None = None, audience: Audience, lifetime: timedelta
    ) -> str: ...

    def upload_form(self, prefix: str, *, max_bytes: int, audience: Audience, lifetime: timedelta) -> Form: ...


def now() -> datetime:
    return datetime.now(UTC)
