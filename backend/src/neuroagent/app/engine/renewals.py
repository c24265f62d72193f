"""Answers workers whose links to the store ran out: the app signs again what it once signed, while the task runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError
from redis.asyncio import Redis

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.states import ENDED
from neuroagent.app.errors import AppError
from neuroagent.app.storage.grants import GrantRefused, Grants
from neuroagent.task_schemas.files import UploadGrant
from neuroagent.task_schemas.jobs import RenewalReply, RenewalRequest

REPLY_KEPT: Final = 60  # seconds; the worker that asked may be gone
LINK: Final = "link:"  # begins the renewal of a link that leads elsewhere; what follows is for `link_again`

LinkAgain = Callable[[str, str], Awaitable[str]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Renewals:
    """Every app process answers; the worker takes the first answer, and they are all alike.

    `link_again` is told what is to be renewed and for whom: what isn't the task's owner's, it doesn't find.
    """

    ledger: Ledger
    grants: Grants
    redis: Redis
    link_again: LinkAgain | None = None
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)

    async def answer(self, raw: bytes) -> None:
        try:
            request = RenewalRequest.model_validate_json(raw)
        except ValidationError:
            logger.warning("renewal.unreadable")
            return
        if not request.renewal.startswith(LINK):
            await self._answer(request)
            return
        answering = asyncio.create_task(self._answer(request))  # another host is asked: nobody else waits for that
        self._under_way.add(answering)
        answering.add_done_callback(self._under_way.discard)

    async def _answer(self, request: RenewalRequest) -> None:
        reply = await self._reply(request)
        async with self.redis.pipeline() as pipeline:
            pipeline.rpush(request.reply_to, reply.model_dump_json()).expire(request.reply_to, REPLY_KEPT)
            await pipeline.execute()

    async def _reply(self, request: RenewalRequest) -> RenewalReply:
        row = await self.ledger.find(request.task_id)
        if row is None or row.state in ENDED:
            return RenewalReply(refusal="the task isn't running")
        if self.link_again is not None and request.renewal.startswith(LINK):
            return await self._another_link(self.link_again, request.renewal.removeprefix(LINK), row.owner)
        try:
            grant = self.grants.renew(request.renewal, request.task_id)
        except GrantRefused as error:
            return RenewalReply(refusal=str(error))
        return RenewalReply(upload=grant) if isinstance(grant, UploadGrant) else RenewalReply(download=grant)

    @staticmethod
    async def _another_link(link_again: LinkAgain, renewed: str, owner: str) -> RenewalReply:
        try:
            return RenewalReply(link=await link_again(renewed, owner))
        except AppError as error:
            return RenewalReply(refusal=str(error))
