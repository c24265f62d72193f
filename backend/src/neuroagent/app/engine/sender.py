"""Sends jobs to the queues, by name, in Celery's own words: the only place in the app that knows Celery."""

import json
from base64 import b64encode
from typing import Any, Final
from uuid import uuid4

from celery import Celery
from redis.exceptions import RedisError

from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.errors import Unavailable
from neuroagent.config.redis import RedisSettings
from neuroagent.task_schemas.jobs import Job

KEPT: Final = (
    "The queue can't be reached. The task is written down, and runs as soon as it can be; to ask again without running "
    "it twice, send an Idempotency-Key."
)


class Sender:
    """Celery writes the message and we push it: its own producer blocks, needs a thread, and costs three times as much.

    A test holds the message against the one that `send_task` itself puts into the queue.
    """

    def __init__(self, settings: RedisSettings, outbox: Outbox) -> None:
        self._outbox = outbox
        self._celery = Celery("neuroagent-app", broker=settings.broker_url(), set_as_current=False)

    async def send(self, name: str, queue: str, job: Job) -> None:
        try:
            await self._outbox.push(queue, json.dumps(self.message(name, queue, job)))
        except RedisError as error:
            raise Unavailable(KEPT) from error

    def message(self, name: str, queue: str, job: Job) -> dict[str, Any]:
        written = self._celery.amqp.as_task_v2(
            job.task_id,
            name,
            args=[job.model_dump(mode="json")],
            kwargs={},
            ignore_result=True,
            argsrepr="…",  # what people wrote, and signed links, must not end in Celery's logs
            kwargsrepr="{}",
        )
        return {
            "body": b64encode(json.dumps(written.body).encode()).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": written.headers,
            "properties": written.properties
            | {
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid4()),
            },
        }
