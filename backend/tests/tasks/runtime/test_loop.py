"""One event loop for a worker process."""

import asyncio

import pytest

from neuroagent.tasks.runtime.loop import run_sync


def test_the_answer_of_a_coroutine_is_handed_on() -> None:
    async def body() -> int:
        await asyncio.sleep(0)
        return 42

    assert run_sync(body()) == 42


def test_the_loop_is_the_same_each_time() -> None:
    async def body() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    assert run_sync(body()) is run_sync(body())


def test_an_error_is_handed_on_too() -> None:
    async def body() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_sync(body())
