"""API keys: made once and shown once; what is kept is a digest, which says nothing about the key."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, select, update

from neuroagent.app.auth.models import KeyRow
from neuroagent.app.auth.scopes import ALL, Scope
from neuroagent.app.auth.users import known
from neuroagent.app.db.database import Database
from neuroagent.app.errors import NotFound

PREFIX: Final = "na_"
SHOWN: Final = 9  # characters of it that a list shows
BETWEEN_NOTES: Final = timedelta(minutes=1)  # of its last use: a write each time would cost more than the request


@dataclass(frozen=True)
class NewKey:
    """`key` is the only time that it is seen."""

    row: KeyRow
    key: str


@dataclass(frozen=True)
class Keys:
    database: Database

    async def add(self, user_id: str, name: str, scopes: Collection[Scope], days: float | None = None) -> NewKey:
        """A key, and its user if there is none yet."""
        await known(self.database, user_id)
        key, now = PREFIX + secrets.token_urlsafe(32), datetime.now(UTC)
        row = KeyRow(
            id=str(uuid4()),
            user_id=user_id,
            name=name,
            hash=_hash(key),
            beginning=key[:SHOWN],
            scopes=sorted(scopes),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        async with self.database.write() as writing:
            writing.add(row)
        return NewKey(row, key)

    async def listed(self, user_id: str | None) -> Sequence[KeyRow]:
        """A user's, or everybody's; the newest first."""
        query = select(KeyRow).order_by(KeyRow.created_at.desc(), KeyRow.id)
        async with self.database.read() as reading:
            return (await reading.scalars(query if user_id is None else query.where(KeyRow.user_id == user_id))).all()

    async def revoke(self, key_id: str, user_id: str | None) -> None:
        """It works no longer; whose it isn't doesn't find it."""
        change = update(KeyRow).where(KeyRow.id == key_id).values(revoked_at=datetime.now(UTC))
        change = change if user_id is None else change.where(KeyRow.user_id == user_id)
        if not key_id.isascii() or not key_id.isprintable():
            raise NotFound("There is no such key.")
        async with self.database.write() as writing:
            done = await writing.execute(change.where(KeyRow.revoked_at.is_(None)).returning(KeyRow.id))
            if done.first() is None:
                raise NotFound(f"There is no key {key_id[:36]!r} that works.")

    async def of(self, key: str) -> KeyRow | None:
        """Whose key this is, if it is one that works."""
        return await self._working(KeyRow.hash == _hash(key))

    async def by_id(self, key_id: str) -> KeyRow | None:
        return await self._working(KeyRow.id == key_id)

    async def _working(self, which: ColumnElement[bool]) -> KeyRow | None:
        now = datetime.now(UTC)
        async with self.database.read() as reading:
            row = await reading.scalar(select(KeyRow).where(which, KeyRow.revoked_at.is_(None)))
        if row is None or (row.expires_at is not None and row.expires_at <= now):
            return None
        if row.used_at is None or now - row.used_at > BETWEEN_NOTES:
            async with self.database.write() as writing:
                await writing.execute(update(KeyRow).where(KeyRow.id == row.id).values(used_at=now))
        return row


def scopes_in(row: KeyRow) -> frozenset[Scope]:
    kept = row.scopes if isinstance(row.scopes, list) else []
    return frozenset(scope for scope in ALL if scope in kept)


def _hash(key: str) -> str:
    """A plain digest is enough: a key has 256 bits of its own, and can't be guessed."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()
