"""A process is on a task's list for as long as anybody in it reads, and no longer."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from redis import Redis

from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.engine.turns import Turns
from neuroagent.app.engine.watches import Watches
from neuroagent.task_schemas.turns import Keys

LIST = Keys("1").watchers


@pytest.fixture
def turns(lines: RedisLines) -> Turns:
    return Turns(lines.commands)


async def test_the_last_reader_takes_the_process_off_the_list(turns: Turns, redis_client: Redis) -> None:
    watches = Watches("inbox:here")
    async with watches.kept("1", turns):
        async with watches.kept("1", turns):
            assert redis_client.smembers(LIST) == {b"inbox:here"}
        assert redis_client.smembers(LIST) == {b"inbox:here"}, "one still reads"

    assert redis_client.smembers(LIST) == set()
    assert watches._kept == {}


async def test_of_two_processes_one_may_leave(turns: Turns, redis_client: Redis) -> None:
    async with Watches("inbox:here").kept("1", turns):
        async with Watches("inbox:there").kept("1", turns):
            pass

        assert redis_client.smembers(LIST) == {b"inbox:here"}


async def test_who_comes_while_another_leaves_stays_on_the_list(turns: Turns, redis_client: Redis) -> None:
    watches = Watches("inbox:here")

    async def come_and_go() -> None:
        async with watches.kept("1", turns):
            await asyncio.sleep(0)

    for _ in range(50):
        leaving = asyncio.create_task(come_and_go())
        await asyncio.sleep(0.001)
        async with watches.kept("1", turns):
            await leaving
            assert redis_client.smembers(LIST) == {b"inbox:here"}
    assert watches._kept == {}


async def test_many_who_leave_at_once_leave_nothing_behind(turns: Turns, redis_client: Redis) -> None:
    watches = Watches("inbox:here")
    async with AsyncExitStack() as newcomer:
        async with asyncio.TaskGroup() as leaving:
            for _ in range(20):
                leaving.create_task(_read_for_a_moment(watches, turns))
        await newcomer.enter_async_context(watches.kept("1", turns))
        assert redis_client.smembers(LIST) == {b"inbox:here"}

    assert redis_client.smembers(LIST) == set()
    assert watches._kept == {}


async def _read_for_a_moment(watches: Watches, turns: Turns) -> None:
    async with watches.kept("1", turns):
        await asyncio.sleep(0.01)
