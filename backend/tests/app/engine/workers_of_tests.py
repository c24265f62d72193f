"""A worker's hand for tests of the app's side: takes a job from its queue and does with it what the test says."""

import json
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from redis import Redis

from neuroagent.task_schemas.errors import Failure, FailureCode
from neuroagent.task_schemas.events import Done, Failed, Started
from neuroagent.task_schemas.jobs import Job
from neuroagent.tasks.runtime.turn import Turn


def now() -> datetime:
    return datetime.now(UTC)


def done(output: object = 42) -> Done:
    return Done.model_validate({"at": now(), "output": output})


def failed(code: FailureCode = "permanent", message: str = "no") -> Failed:
    return Failed(at=now(), failure=Failure(code=code, message=message))


@dataclass(frozen=True)
class Hand:
    redis: Redis
    lease: float = 30.0

    def waiting(self, queue: str = "default_q") -> int:
        return int(self.redis.llen(queue))

    def take(self, queue: str = "default_q") -> tuple[Job, Turn]:
        """The oldest job, claimed."""
        taken = self.try_to_take(queue)
        assert not isinstance(taken, str), taken
        return taken

    def try_to_take(self, queue: str = "default_q") -> tuple[Job, Turn] | str:
        """The same, or why it can't be claimed: a message too many is harmless."""
        message = self.redis.rpop(queue)
        assert message, f"there is no job in {queue}"
        [[raw], _, _] = json.loads(b64decode(json.loads(message)["body"]))
        job = Job.model_validate(raw)
        turn = Turn(self.redis, job.task_id, job.inbox, "w@h", self.lease)
        started = Started(at=now(), worker="w@h", trace_id=job.trace_id, attempt=0)
        attempt = turn.claim(queue, 3, job.attempts, job.sent_at, started)
        if not attempt.isdecimal():
            return attempt
        return job, replace(turn, attempt=int(attempt))
