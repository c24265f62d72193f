"""Celery as its manual has it: a result backend on Redis, and a stream on which a task says that it is done."""

import os
from typing import Any

from celery import Celery
from redis import Redis

URL = os.environ["BENCH_REDIS"]

app = Celery("celery_worker", broker=URL, backend=URL)
redis = Redis.from_url(URL)


@app.task(name="noop")  # type: ignore[untyped-decorator]  # Celery ships no types
def noop(number: int) -> dict[str, int]:
    return {"number": number}


@app.task(name="noop_told", bind=True)  # type: ignore[untyped-decorator]  # as above
def noop_told(self: Any, number: int) -> dict[str, int]:
    """The common pattern: the body itself says it is done, and only afterwards is its result stored."""
    stream = f"task:{self.request.id}:progress"
    redis.xadd(stream, {"status": "done"}, maxlen=1)
    redis.expire(stream, 86_400)
    return {"number": number}
