"""arq on Redis; runs in an environment of its own, with the older redis-py that it wants."""

import os
import sys
from multiprocessing import Process

from arq.connections import RedisSettings
from arq.worker import run_worker

POLL = 0.005  # seconds; arq's own default is 0.5, which is what a call would then cost
REDIS = RedisSettings.from_dsn(os.environ["BENCH_REDIS"])


async def noop(_context: dict[str, object], number: int) -> dict[str, int]:
    return {"number": number}


class Settings:
    functions = (noop,)
    redis_settings = REDIS
    max_jobs = 1
    poll_delay = POLL
    log_results = False


if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        Process(target=run_worker, args=(Settings,)).start()
