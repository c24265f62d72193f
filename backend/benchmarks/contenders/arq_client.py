"""arq's side of the app, measured where it can be imported: prints the figures that it is asked for as JSON."""

import asyncio
import json
import sys

from arq import create_pool
from arq.jobs import Job
from arq_worker import POLL, REDIS
from manners import Awaited


async def measure(what: str, *numbers: int) -> object:
    pool = await create_pool(REDIS)

    async def call(number: int) -> object:
        job = await pool.enqueue_job("noop", number)
        assert isinstance(job, Job)
        return await job.result(timeout=30, poll_delay=POLL)

    try:
        return await getattr(Awaited(call), what)(*numbers)
    finally:
        await pool.aclose()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1], *map(int, sys.argv[2:])))))
