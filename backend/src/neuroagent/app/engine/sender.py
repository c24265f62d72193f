"""Sends jobs to the queues, by name, in Celery's own words: the only place in the app that knows Celery."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from celery import Celery
from redis.exceptions import BusyLoadingError, RedisError, ResponseError

from neuroagent.app.engine.line import NotAsked
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.errors import Unavailable
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas.jobs import Job

HERE: Final = "the job"


class NotSent(Unavailable):
    """It isn't in the queue, for sure."""

    def __init__(self) -> None:
        super().__init__("The queue can't be reached, so nothing was started, and nothing will be; try again shortly.")


class PerhapsSent(Unavailable):
    """The line broke before the queue had answered."""

    def __init__(self) -> None:
        super().__init__("The queue didn't answer; what was asked for stands in the ledger, and runs once.")


class Sender:
    """Celery writes the message and we push it: its own producer blocks, needs a thread, and costs three times as much.

    A test holds the message against the one that `send_task` itself puts into the queue.
    """

    def __init__(self, settings: RedisSettings, outbox: Outbox) -> None:
        self._outbox = outbox
        self._celery = Celery("neuroagent-app", broker=settings.broker_url(), set_as_current=False)
        self._forms: dict[str, _Form] = {}

    async def send(self, name: str, queue: str, job: Job) -> None:
        """A message too many is harmless, since a worker has to claim; so a line that broke is tried once more."""
        try:
            await self._outbox.push(queue, json.dumps(self.message(name, queue, job)))
        except (NotAsked, ResponseError, BusyLoadingError) as error:
            raise NotSent from error
        except RedisError as error:
            raise PerhapsSent from error

    def message(self, name: str, queue: str, job: Job) -> dict[str, Any]:
        form = self._forms.get(name) or self._form(name)
        return {
            "body": b64encode(form.before + job.model_dump_json().encode() + form.after).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": form.headers | {"id": job.task_id, "root_id": job.task_id},
            "properties": form.properties
            | {
                "correlation_id": job.task_id,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid4()),
            },
        }

    def _form(self, name: str) -> "_Form":
        """Celery writes the first message of each task; in those that follow, the job and its id are others."""
        written = self._celery.amqp.as_task_v2(
            "",
            name,
            args=[HERE],
            kwargs={},
            ignore_result=True,
            argsrepr="…",  # what people wrote, and signed links, must not end in Celery's logs
            kwargsrepr="{}",
        )
        before, _, after = json.dumps(written.body).encode().partition(json.dumps(HERE).encode())
        self._forms[name] = _Form(before, after, written.headers, written.properties)
        return self._forms[name]


@dataclass(frozen=True)
class _Form:
    before: bytes
    after: bytes
    headers: dict[str, Any]
    properties: dict[str, Any]
