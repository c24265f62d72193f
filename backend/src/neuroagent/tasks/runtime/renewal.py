"""A worker holds no key to the store: when a link runs out, it asks the app for another, over Redis."""

from collections.abc import Callable
from time import monotonic
from typing import Final
from uuid import uuid4

from redis import Redis

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.files import DownloadGrant, UploadGrant
from neuroagent.task_schemas.jobs import RENEWALS_KEY, RenewalReply, RenewalRequest

PATIENCE: Final = 10.0
PATIENCE_ELSEWHERE: Final = 35.0
TURN: Final = 1
MOST_REQUESTS: Final = 10_000  # kept on the stream while no app is there to read them


def renewer(redis: Redis, task_id: str) -> Callable[[str], UploadGrant | DownloadGrant]:
    """Ask for another link in place of the one whose `renewal` is given."""

    def renew(renewal: str) -> UploadGrant | DownloadGrant:
        return _granted(_asked(redis, task_id, renewal, PATIENCE))

    return renew


def link_renewer(redis: Redis, task_id: str) -> Callable[[str], str]:
    """The same for a link that leads out of our own store, to a host that the app has to ask."""

    def renew(renewal: str) -> str:
        reply = _asked(redis, task_id, renewal, PATIENCE_ELSEWHERE)
        if not reply.link:
            raise TaskError(f"A link ran out and was not renewed: {reply.refusal}")
        return reply.link

    return renew


def _asked(redis: Redis, task_id: str, renewal: str, patience: float) -> RenewalReply:
    request = RenewalRequest(task_id=task_id, renewal=renewal, reply_to=f"grants:reply:{uuid4().hex}")
    redis.xadd(RENEWALS_KEY, {"request": request.model_dump_json()}, maxlen=MOST_REQUESTS, approximate=True)
    raw = _awaited(redis, request.reply_to, patience)
    if raw is None:
        raise TaskError(f"A link ran out, and no app answered within {patience:.0f} s to renew it.")
    return RenewalReply.model_validate_json(raw)


def _awaited(redis: Redis, key: str, patience: float) -> bytes | None:
    """Ask in short turns: one long one would outlast the line's own time limit."""
    deadline = monotonic() + patience
    while monotonic() < deadline:
        if popped := redis.blpop([key], timeout=TURN):
            return bytes(popped[1])
    return None


def _granted(reply: RenewalReply) -> UploadGrant | DownloadGrant:
    granted = reply.upload or reply.download
    if granted is None:
        raise TaskError(f"A link to the store ran out and was not renewed: {reply.refusal}")
    return granted
