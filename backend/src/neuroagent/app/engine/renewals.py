"""Answers workers whose links to the store ran out: the app signs again what it once signed, while the task runs."""

import logging
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from redis.asyncio import Redis

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.states import ENDED
from neuroagent.app.storage.grants import GrantRefused, Grants
from neuroagent.task_schemas.files import UploadGrant
from neuroagent.task_schemas.jobs import RenewalReply, RenewalRequest

REPLY_KEPT: Final = 60  # seconds; the worker that asked may be gone

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Renewals:
    """Every app process answers; the worker takes the first answer, and they are all alike."""

    ledger: Ledger
    grants: Grants
    redis: Redis

    async def answer(self, raw: bytes) -> None:
        try:
            request = RenewalRequest.model_validate_json(raw)
        except ValidationError:
            logger.warning("renewal.unreadable")
            return
        reply = await self._reply(request)
        async with self.redis.pipeline() as pipeline:
            pipeline.rpush(request.reply_to, reply.model_dump_json()).expire(request.reply_to, REPLY_KEPT)
            await pipeline.execute()

    async def _reply(self, request: RenewalRequest) -> RenewalReply:
        row = await self.ledger.find(request.task_id)
        if row is None or row.state in ENDED:
            return RenewalReply(refusal="the task isn't running")
        try:
            grant = self.grants.renew(request.renewal, request.task_id)
        except GrantRefused as error:
            return RenewalReply(refusal=str(error))
        return RenewalReply(upload=grant) if isinstance(grant, UploadGrant) else RenewalReply(download=grant)
