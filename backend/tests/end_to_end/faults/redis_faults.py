"""A Redis that dies, forgets, stops, or is full."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpx
from end_to_end.faults.stage import SHORT, Stage
from end_to_end.faults.worker_faults import kill_a_child

from neuroagent.app.engine.rows import is_withdrawn

REFUSED = 5
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
    with stage.servers.redis.server.connect() as redis:
        redis.flushall()
        stage.wiped_at = time.time()  # not before: an ending told in between is forgotten as well


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
    async with stage.app_process() as app:
        await _in_the_middle(stage)
        with _no_memory(stage):
            known = {row.id for row in await stage.rows()}
            refused = [await app.nap(SHORT, key=f"key-{number}") for number in range(REFUSED)]
            await asyncio.sleep(AWAY)
            new = [row for row in await stage.rows() if row.id not in known]
        stage.must(all(map(_says_when_to_come_back, refused)), f"a full Redis was answered with {refused}")
        stage.must(len(new) == REFUSED and all(map(is_withdrawn, new)), "what was refused isn't withdrawn")
        stage.may_fail |= {row.id for row in new}
        again = [await app.nap(SHORT, key="key-0") for _ in range(2)]
        ids = {answer.json().get("id") for answer in again}
        stage.must(ids <= {row.id for row in new} and len(ids) == 1, f"asked again, it was answered with {again}")
        stage.recovered = await stage.settled(30)
    stage.must_have_started(ids, times=1)
    stage.must_have_started({row.id for row in new} - ids, times=0)


@contextmanager
def _no_memory(stage: Stage) -> Iterator[None]:
    with stage.servers.redis.server.connect() as redis:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("maxmemory", "1")
        try:
            yield
        finally:
            redis.config_set("maxmemory", "0")


def _says_when_to_come_back(answer: httpx.Response) -> bool:
    return answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in answer.headers


async def _away(stage: Stage) -> None:
    redis = stage.servers.redis
    redis.kill()
    await asyncio.sleep(AWAY)
    await redis.start()


async def _in_the_middle(stage: Stage) -> None:
    await stage.queue()
    await stage.until_ended(30)
