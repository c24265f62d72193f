"""A task's stream: the first ending wins, and a body in a loop doesn't fill Redis."""

from datetime import UTC, datetime

from redis import Redis

from neuroagent.task_schemas.events import Done, Log, stream_key
from neuroagent.tasks.runtime.stream import LONGEST, TaskStream


def done(number: int) -> Done:
    return Done(at=datetime.now(UTC), output=number)


def test_only_the_first_ending_is_told(redis_client: Redis) -> None:
    stream = TaskStream(redis_client, "1")

    assert not stream.has_ended()
    assert stream.end(done(1))
    assert not stream.end(done(2))
    assert stream.has_ended()
    assert redis_client.xlen(stream_key("1")) == 1


def test_a_chatty_body_does_not_fill_redis(redis_client: Redis) -> None:
    stream = TaskStream(redis_client, "1")

    for number in range(LONGEST + 500):
        stream.tell(Log(text=str(number)))

    assert redis_client.xlen(stream_key("1")) <= LONGEST + 200
