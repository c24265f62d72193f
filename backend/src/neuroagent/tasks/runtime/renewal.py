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
TURN: Final = 1
MOST_REQUESTS: Final = 10_000  # kept on the stream while no app is there to read them


def renewer(redis: Redis, task_id: str) -> Callable[[str], UploadGrant | DownloadGrant]:
    """Ask for another link in place of the one whose `renewal` is given."""

    def renew(renewal: str) -> UploadGrant | DownloadGrant:
        request = RenewalRequest(task_id=task_id, renewal=renewal, reply_to=f"grants:reply:{uuid4().hex}")
        redis.xadd(RENEWALS_KEY, {"request": request.model_dump_json()}, maxlen=MOST_REQUESTS, approximate=True)
        return _granted(_awaited(redis, request.reply_to))

    return renew


def _awaited(redis: Redis, key: str) -> bytes | None:
    """Ask in short turns: one long one would outlast the line's own time limit."""
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        if popped := redis.blpop([key], timeout=TURN):
            return bytes(popped[1])
    return None


def _granted(raw: bytes | None) -> UploadGrant | DownloadGrant:
    if raw is None:
        raise TaskError(f"A link to the store ran out, and no app answered within {PATIENCE:.0f} s to renew it.")
    reply = RenewalReply.model_validate_json(raw)
    granted = reply.upload or reply.download
    if granted is None:
        raise TaskError(f"A link to the store ran out and was not renewed: {reply.refusal}")
    return granted
