"""The name under which workers know the way to a task's stream: a thin face of the engine."""

from collections.abc import Callable

from redis import Redis

from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.turn import Turn


def task_stream_notifier(redis: Redis, task_id: str) -> Callable[[Progress | Log | Artifact], None]:
    """Tell of a running task from outside its body, in the name of whoever holds its lease."""

    def notify(event: Progress | Log | Artifact) -> None:
        holder, _, attempt = (redis.get(Keys(task_id).lease) or b"").decode().rpartition("#")
        if holder:
            Turn(redis, task_id, "", holder, 0, int(attempt)).tell(event)

    return notify
