"""Work beside the requests: it ends with the app, however often a driver swallows the wish, and trouble only waits."""

import asyncio
from contextlib import suppress

import pytest

from neuroagent.app.background import beside, cancelled, swept


async def test_it_goes_on_while_the_app_is_open_and_ends_with_it() -> None:
    beats: list[int] = []

    async def beat() -> None:
        while True:
            beats.append(len(beats))
            await asyncio.sleep(0)

    async with beside(beat()):
        while len(beats) < 3:  # noqa: ASYNC110 - the work's own pace
            await asyncio.sleep(0)
    seen = len(beats)
    await asyncio.sleep(0.01)

    assert len(beats) == seen


async def test_who_takes_a_cancellation_for_something_else_is_told_again() -> None:
    swallowed = []

    async def deaf() -> None:
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            swallowed.append(1)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)

    await cancelled(task)

    assert task.cancelled()
    assert len(swallowed) == 2


async def test_what_the_app_does_wrong_is_not_hidden_by_the_end_of_the_work() -> None:
    with pytest.raises(LookupError):
        async with beside(asyncio.sleep(60)):
            raise LookupError


async def test_it_sweeps_until_nothing_is_left_and_trouble_waits_for_the_next_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    left, troubles = [3, 2, 1, 0], [OSError("the disk is away")]

    async def sweep() -> int:
        if troubles:
            raise troubles.pop()
        return left.pop(0) if left else 0

    async with swept(sweep, "things.not_swept", every=0.01), asyncio.timeout(30):
        while left:  # noqa: ASYNC110 - the sweeper's own clock says when
            await asyncio.sleep(0.005)

    assert [record.message for record in caplog.records] == ["things.not_swept"]
