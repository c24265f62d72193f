"""A task's stream, from the worker's side: progress goes in, and one ending."""

from importlib.resources import files
from typing import Final

from redis import Redis

from neuroagent.task_schemas.events import FIELD, KEPT, Ending, Log, Progress, Started, stream_key
from neuroagent.task_schemas.events import events as wire

FINISH: Final = files(__package__).joinpath("finish.lua").read_text(encoding="utf-8")
KEPT_SECONDS: Final = int(KEPT.total_seconds())
LONGEST: Final = 10_000  # entries; a body that logs in a loop must not fill Redis


class TaskStream:
    """Tells what happens to one task."""

    def __init__(self, redis: Redis, task_id: str) -> None:
        self._redis = redis
        self._key = stream_key(task_id)
        self._final_key = f"task:{task_id}:final"

    def has_ended(self) -> bool:
        return bool(self._redis.exists(self._final_key))

    def tell(self, event: Started | Progress | Log) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.xadd(self._key, {FIELD: wire.dump_json(event)}, maxlen=LONGEST, approximate=True)
            pipeline.expire(self._key, KEPT_SECONDS)
            pipeline.execute()

    def end(self, ending: Ending) -> bool:
        """Write the answer, unless there is one: whether this was the first."""
        event = wire.dump_json(ending)
        return bool(self._redis.eval(FINISH, 2, self._final_key, self._key, event, KEPT_SECONDS, FIELD))
