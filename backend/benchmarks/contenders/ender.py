"""Ends tasks as a worker does, one for each line that names one; answers with the moment before it did."""

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter, time

from noop import NOOP
from redis import Redis

from neuroagent.task_schemas.events import Done, Started
from neuroagent.tasks.runtime.turn import Turn


def main(inbox: str) -> None:
    worker = Turn(Redis.from_url(os.environ["BENCH_REDIS"]), "", inbox, "bench", lease=10)
    for line in sys.stdin:
        started = Started(at=datetime.now(UTC), worker="bench", trace_id="bench", attempt=0)
        turn = replace(worker, task_id=line.strip())
        attempt = turn.claim(NOOP.queue, NOOP.retries.attempts, 0, time(), started)
        begun = perf_counter()
        replace(turn, attempt=int(attempt)).end(Done(at=datetime.now(UTC), output={"number": 1}))
        print(begun, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
