"""The app's only door to the workers: a job goes in by its contract, an answer comes out."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from celery import Celery
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from redis.asyncio import Redis

from neuroagent.app.engine.ledger import QUEUED, Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.redis import redis_needed
from neuroagent.app.engine.stream import follow
from neuroagent.app.errors import NotFound, Unavailable
from neuroagent.app.storage.grants import Grants
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas.contract import In, Out, TaskContract
from neuroagent.task_schemas.events import Done, Ending, Failed, Progress, Started
from neuroagent.task_schemas.files import DownloadGrant, StoredFile
from neuroagent.task_schemas.jobs import Job

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TaskView:
    """A task as its owner sees it."""

    row: TaskRow
    worker: str | None = None
    progress: Progress | None = None
    ending: Ending | None = None


@dataclass(frozen=True)
class Tasks:
    """Submit, and ask how it goes."""

    ledger: Ledger
    redis: Redis
    producer: Celery
    grants: Grants

    async def submit(self, contract: TaskContract[In, Out], job: In, *, owner: str, trace_id: str) -> TaskRow:
        """Queue a job and return its row at once."""
        task_id = str(uuid4())
        row = TaskRow(
            id=task_id,
            name=contract.name,
            queue=contract.queue,
            owner=owner,
            trace_id=trace_id,
            state=QUEUED,
            input=contract.encode(job),
            created_at=datetime.now(UTC),
        )
        message = Job(
            task_id=task_id,
            trace_id=trace_id,
            input=row.input,
            upload=self.grants.upload(task_id),
            downloads=await self._downloads(job, task_id, owner),
        )
        await self.ledger.add(row)
        await self._send(row, message)
        logger.info("task.submitted", extra={"task_id": task_id, "task": contract.name})
        return row

    async def look(self, task_id: str, *, owner: str, patience: timedelta) -> TaskView:
        """How the task stands, waiting for its end as long as there is patience."""
        row = await self.ledger.find(task_id, owner)
        if row is None:
            raise NotFound(f"There is no task {task_id!r}.")
        if row.state != QUEUED:
            return TaskView(row)
        with redis_needed():
            return await self._watch(row, patience)

    async def _watch(self, row: TaskRow, patience: timedelta) -> TaskView:
        worker, progress = None, None
        async for event in follow(self.redis, row.id, patience):
            match event:
                case Started():
                    worker = event.worker
                case Progress():
                    progress = event
                case Done() | Failed():
                    await self.ledger.end(row.id, event)
                    return TaskView(row, worker, progress, event)
        return TaskView(row, worker, progress)

    async def _send(self, row: TaskRow, message: Job) -> None:
        try:
            await asyncio.to_thread(
                self.producer.send_task,
                row.name,
                args=[message.model_dump(mode="json")],
                task_id=row.id,
                queue=row.queue,
                argsrepr="…",  # what people wrote, and signed links, must not end in Celery's logs
            )
        except OperationalError as error:
            raise Unavailable("The queue can't be reached, so the task was not started; try again shortly.") from error

    async def _downloads(self, job: In, task_id: str, owner: str) -> dict[str, DownloadGrant]:
        grants = {}
        for file in _files_in(job):
            await self._must_own(file, owner)
            grants[file.key] = self.grants.download(file, task_id)
        return grants

    async def _must_own(self, file: StoredFile, owner: str) -> None:
        """A file lies under the task that made it; whoever owns the task owns the file."""
        folder, _, rest = file.key.partition("/")
        task_id, _, name = rest.partition("/")
        if folder != "tasks" or not name or await self.ledger.find(task_id, owner) is None:
            raise NotFound(f"There is no file {file.key!r}.")


def producer(settings: RedisSettings) -> Celery:
    """A Celery app that only sends: no result backend, and no patience with a Redis that is away."""
    celery = Celery("neuroagent-app", broker=settings.broker_url(), set_as_current=False)
    transport = settings.broker_transport_options() | {"sep": ":", "socket_timeout": settings.command_timeout}
    celery.conf.update(
        broker_transport_options=transport,
        broker_use_ssl=settings.broker_tls(),
        broker_pool_limit=settings.pool_size,
        task_ignore_result=True,
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1},
    )
    return celery


def _files_in(value: Any) -> list[StoredFile]:
    match value:
        case StoredFile():
            return [value]
        case BaseModel():
            return [file for name in type(value).model_fields for file in _files_in(getattr(value, name))]
        case list() | tuple():
            return [file for part in value for file in _files_in(part)]
        case dict():
            return [file for part in value.values() for file in _files_in(part)]
        case _:
            return []
