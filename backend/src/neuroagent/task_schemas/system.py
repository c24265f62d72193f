"""The system family: is a worker there, and can it do its work?"""

from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime, ConfigDict, Field

from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.files import StoredFile

QUEUE = "default_q"


class PingInput(Message):
    """Nothing is needed to ask."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class PingOutput(Message):
    pong: Literal[True] = True
    timestamp: AwareDatetime


class WorkerHealthCheckInput(Message):
    """What to look at beyond Redis and versions."""

    store: bool = Field(False, description="Also store a small file, to prove that the worker reaches the store.")
    fetch: StoredFile | None = Field(None, description="A file of yours that the worker should fetch and verify.")


class WorkerHealthCheckOutput(Message):
    worker: str
    redis_reachable: bool
    redis_version: str
    redis_ms: float = Field(description="Milliseconds of one round trip to Redis.")
    versions: dict[str, str]
    families: list[str]
    queues: list[str]
    stored: StoredFile | None = None
    fetched_bytes: int | None = None


PING = TaskContract("ping", QUEUE, PingInput, PingOutput, timedelta(seconds=10), "Answers as soon as a worker is free.")
WORKER_HEALTH_CHECK = TaskContract(
    "worker_health_check",
    QUEUE,
    WorkerHealthCheckInput,
    WorkerHealthCheckOutput,
    timedelta(seconds=30),
    "Says what a worker is and whether it reaches Redis and the store.",
)
