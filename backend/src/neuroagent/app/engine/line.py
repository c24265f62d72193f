"""One connection kept for what a process asks all the time: taking it from a pool costs more than the command."""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Connection, Redis
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as NoAnswer

Command = Sequence[str | bytes | int]


class Line:
    """For one asker at a time."""

    def __init__(self, redis: Redis, patience: float | None = None) -> None:
        self._pool = redis.connection_pool
        self._patience = patience
        self._connection: Connection | None = None

    async def ask(self, *commands: Command) -> list[Any]:
        """The answers, in order; a connection that has died since the last time is replaced."""
        known = self._connection is not None and self._connection.is_connected
        connection = self._connection = self._connection or await self._pool.get_connection()
        try:
            return await self._exchange(connection, commands)
        except NoConnection:
            if not known:
                raise
        return await self._exchange(connection, commands)

    async def _exchange(self, connection: Connection, commands: Sequence[Command]) -> list[Any]:
        try:
            async with asyncio.timeout(self._patience):
                await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
                answers = [await _answer(connection) for _ in commands]
        except TimeoutError:
            await connection.disconnect(nowait=True)
            raise NoAnswer(f"Redis didn't answer within {self._patience:g} s") from None
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise answer
        return answers


async def _answer(connection: Connection) -> Any:
    """A refusal is an answer too: those of the other commands follow it."""
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as refusal:
        return refusal
