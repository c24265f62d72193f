"""A job on its way to a worker, and what workers and the app ask of each other besides."""

from datetime import timedelta
from typing import Final

from pydantic import AwareDatetime, Field, JsonValue

from neuroagent.task_schemas.contract import Message
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant

WORKERS_KEY: Final = "workers"  # the set of their names; each tells who it is under worker_key(name)
BEAT_EVERY: Final = timedelta(seconds=2)
SILENT_AFTER: Final = timedelta(seconds=10)  # a worker that hasn't beaten for so long counts as gone
RENEWALS_KEY: Final = "grants:renewals"  # stream of RenewalRequest, which every app process reads


class SessionTerms(Message):
    """A person's session, lent to one task: what it finds, where it leaves its own, and the key of the seal on both."""

    id: str
    key: str = Field(pattern="^[0-9a-f]{64}$", description="Of this session alone.")
    state: StoredFile | None = None
    upload: UploadGrant


class Job(Message):
    """The one argument of every task."""

    task_id: str
    trace_id: str
    input: JsonValue
    upload: UploadGrant
    downloads: dict[str, DownloadGrant] = Field(default_factory=dict)
    inbox: str = Field(min_length=1, description="The stream of the app process that waits for it.")
    sent_at: float = Field(0, description="When the message was sent: tells when the queue has passed it.")
    attempts: int = Field(0, ge=0, description="How often it was started before.")
    session: SessionTerms | None = None
    answer: JsonValue = Field(None, description="What a person answered to the question of the last attempt.")


class WorkerBeat(Message):
    """A worker's sign of life."""

    started_at: AwareDatetime
    queues: list[str]
    families: list[str]
    version: str
    offers: dict[str, str] = Field(default_factory=dict, description="Of a task, what this worker has for it.")


class RenewalRequest(Message):
    """A grant ran out while the task runs: the app is asked for another, answered on the list `reply_to`."""

    task_id: str
    renewal: str
    reply_to: str = Field(pattern="^grants:reply:[0-9a-f]{32}$")  # a key of its own, and no other


class RenewalReply(Message):
    upload: UploadGrant | None = None
    download: DownloadGrant | None = None
    link: str = Field("", max_length=8_000, description="Out of our own store, where a room of the app hands such out.")
    refusal: str = ""


ENVELOPES: Final[tuple[type[Message], ...]] = (Job, WorkerBeat, RenewalRequest, RenewalReply)


def worker_key(name: str) -> str:
    return f"worker:{name}"
