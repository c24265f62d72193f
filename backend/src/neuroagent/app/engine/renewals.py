"""Answers workers whose links to the store ran out: the app signs again what it once signed, while the task runs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from neuroagent.app.engine.ledger import QUEUED, Ledger
from neuroagent.app.storage.grants import GrantRefused, Grants
from neuroagent.task_schemas.files import UploadGrant
from neuroagent.task_schemas.jobs import RENEWALS_KEY, RenewalReply, RenewalRequest

GROUP: Final = "app"
REPLY_KEPT: Final = 60  # seconds; the worker that asked may be gone
PAUSE: Final = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Renewals:
    """One reader in each app process; Redis hands every request to one of them."""

    ledger: Ledger
    grants: Grants
    commands: Redis
    waiting: Redis

    @asynccontextmanager
    async def answered(self, name: str) -> AsyncIterator[None]:
        """Answer for as long as the block runs, as the replica of this name."""
        reader = asyncio.create_task(self._run(name))
        try:
            yield
        finally:
            while not reader.done():  # redis-py may take a cancellation for its own time-out, and go on
                reader.cancel()
                await asyncio.wait([reader], timeout=PAUSE)

    async def _run(self, name: str) -> None:
        while True:
            try:
                await self._read(name)
            except RedisError as error:
                logger.warning("renewals.paused", extra={"reason": str(error)})
                await asyncio.sleep(PAUSE)

    async def _read(self, name: str) -> None:
        await self._join()
        while True:
            batch = await self.waiting.xreadgroup(GROUP, name, {RENEWALS_KEY: ">"}, count=100, block=30_000, noack=True)
            for _, requests in batch:
                for _, fields in requests:
                    await self._answer(fields.get(b"request", b""))

    async def _join(self) -> None:
        try:
            await self.commands.xgroup_create(RENEWALS_KEY, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _answer(self, raw: bytes) -> None:
        try:
            request = RenewalRequest.model_validate_json(raw)
        except ValidationError:
            logger.warning("renewal.unreadable")
            return
        reply = await self._reply(request)
        async with self.commands.pipeline() as pipeline:
            pipeline.rpush(request.reply_to, reply.model_dump_json()).expire(request.reply_to, REPLY_KEPT)
            await pipeline.execute()

    async def _reply(self, request: RenewalRequest) -> RenewalReply:
        row = await self.ledger.find(request.task_id)
        if row is None or row.state != QUEUED:
            return RenewalReply(refusal="the task isn't running")
        try:
            grant = self.grants.renew(request.renewal, request.task_id)
        except GrantRefused as error:
            return RenewalReply(refusal=str(error))
        return RenewalReply(upload=grant) if isinstance(grant, UploadGrant) else RenewalReply(download=grant)
