"""A Redis that dies, forgets, stops, or is full."""

import asyncio
import signal
import time

from end_to_end.faults.stage import Stage
from end_to_end.faults.worker_faults import kill_a_child

from neuroagent.app.errors import Unavailable

AWAY = 1.0  # seconds
STOPPED = 5.0


async def killed(stage: Stage) -> None:
    await _in_the_middle(stage)
    await _away(stage)


async def killed_with_a_child(stage: Stage) -> None:
    """The numbers of closed sockets are given to new ones: a worker's main process waited for ever on the wrong one."""
    await stage.queue()
    for after in (10, 35):
        await stage.until_ended(after)
        kill_a_child(stage)
    await stage.until_ended(45)
    await _away(stage)


async def flushed(stage: Stage) -> None:
    await _in_the_middle(stage)
    stage.wiped_at = time.time()
    with stage.servers.redis.server.connect() as redis:
        redis.flushall()


async def disk_wiped(stage: Stage) -> None:
    await _in_the_middle(stage)
    redis = stage.servers.redis
    redis.kill()
    stage.wiped_at = time.time()
    redis.wipe()
    await asyncio.sleep(AWAY)
    await redis.start()


async def connections_killed(stage: Stage) -> None:
    await stage.queue()
    for after in (20, 50, 80):
        await stage.until_ended(after)
        with stage.servers.redis.server.connect() as redis:
            redis.client_kill_filter(_type="normal", skipme=True)


async def stopped(stage: Stage) -> None:
    await _in_the_middle(stage)
    redis = stage.servers.redis
    redis.signal(signal.SIGSTOP)
    await asyncio.sleep(STOPPED)
    redis.signal(signal.SIGCONT)


async def full(stage: Stage) -> None:
    """It refuses what needs memory, and throws nothing away."""
    await _in_the_middle(stage)
    with stage.servers.redis.server.connect() as redis:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("maxmemory", "1")
        try:
            stage.must(await _is_refused(stage), "a full Redis has taken a submission")
            await asyncio.sleep(AWAY)
        finally:
            redis.config_set("maxmemory", "0")


async def _is_refused(stage: Stage) -> bool:
    try:
        await stage.nap(1)
    except Unavailable:
        return True
    return False


async def _away(stage: Stage) -> None:
    redis = stage.servers.redis
    redis.kill()
    await asyncio.sleep(AWAY)
    await redis.start()


async def _in_the_middle(stage: Stage) -> None:
    await stage.queue()
    await stage.until_ended(30)
