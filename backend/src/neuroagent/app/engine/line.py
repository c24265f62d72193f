"""One connection kept for what a process asks all the time: taking it from a pool costs more than the command."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from hiredis import pack_command
from redis.asyncio import Connection, Redis
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as NoAnswer

Command = Sequence[str | bytes | int]


class NotAsked(NoConnection):  # type: ignore[misc]  # redis-py is untyped here
    """There was no way to Redis, so nothing has reached it."""


class Line:
    """For one asker at a time."""

    def __init__(self, redis: Redis, patience: float | None = None) -> None:
        self._pool = redis.connection_pool
        self._patience = patience
        self._connection: Connection | None = None

    async def ask(self, *commands: Command) -> list[Any]:
        """The answers, in order, if none of them is a refusal."""
        answers = await self.tell(*commands)
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise answer
        return answers

    async def tell(self, *commands: Command) -> list[Any]:
        """Answers and refusals, in order; a connection that has died since the last time is replaced."""
        if self._connection is not None and self._connection.is_connected:
            try:
                return await self._exchange(self._connection, commands)
            except NoConnection:
                pass  # these commands can be sent twice
            try:
                return await self._exchange(await self._connected(), commands)
            except NotAsked as error:
                raise NoConnection(str(error)) from error  # the first time it may have reached Redis
        return await self._exchange(await self._connected(), commands)

    async def _connected(self) -> Connection:
        try:
            async with self._patiently():
                self._connection = self._connection or await self._pool.get_connection()
                await self._connection.connect()
                return self._connection
        except RedisError as error:
            raise NotAsked(str(error)) from error

    async def _exchange(self, connection: Connection, commands: Sequence[Command]) -> list[Any]:
        async with self._patiently():
            await connection.send_packed_command(b"".join(map(_packed, commands)), check_health=False)
            return [await _answer(connection) for _ in commands]

    @asynccontextmanager
    async def _patiently(self) -> AsyncIterator[None]:
        if self._patience is None:
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                yield
        except TimeoutError:
            if self._connection is not None:
                await self._connection.disconnect(nowait=True)
            raise NoAnswer(f"Redis didn't answer within {self._patience:g} s") from None


def _packed(command: Command) -> bytes:
    packed: bytes = pack_command(tuple(command))  # type: ignore[arg-type]  # it means a tuple of any of them
    return packed


async def _answer(connection: Connection) -> Any:
    """A refusal is an answer too: those of the other commands follow it."""
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as refusal:
        return refusal
