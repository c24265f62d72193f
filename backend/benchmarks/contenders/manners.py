"""How a contender is called, and how long that takes: awaited, or sent first and fetched afterwards."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, Protocol, TypeVar

Handle = TypeVar("Handle")


class Manner(Protocol):
    """One kind of client."""

    async def latencies(self, times: int) -> list[float]:
        """Seconds of each of so many round trips, one after the other."""
        ...

    async def throughput(self, tasks: int, in_flight: int) -> float:
        """Round trips a second while never more than so many are under way."""
        ...


@dataclass(frozen=True)
class Awaited:
    """A client for an event loop."""

    call: Callable[[int], Awaitable[object]]

    async def latencies(self, times: int) -> list[float]:
        return [await self._timed(number) for number in range(times)]

    async def throughput(self, tasks: int, in_flight: int) -> float:
        numbers = iter(range(tasks))

        async def caller() -> None:
            for number in numbers:
                await self.call(number)

        begun = perf_counter()
        await asyncio.gather(*(caller() for _ in range(in_flight)))
        return tasks / (perf_counter() - begun)

    async def _timed(self, number: int) -> float:
        begun = perf_counter()
        await self.call(number)
        return perf_counter() - begun


@dataclass(frozen=True)
class Fetched(Generic[Handle]):
    """A client that blocks its thread; several are under way when several are sent before the first is fetched."""

    send: Callable[[int], Handle]
    fetch: Callable[[Handle], object]

    async def latencies(self, times: int) -> list[float]:
        return [self._timed(number) for number in range(times)]

    async def throughput(self, tasks: int, in_flight: int) -> float:
        under_way: deque[Handle] = deque()
        begun = perf_counter()
        for number in range(tasks):
            if len(under_way) == in_flight:
                self.fetch(under_way.popleft())
            under_way.append(self.send(number))
        for handle in under_way:
            self.fetch(handle)
        return tasks / (perf_counter() - begun)

    def _timed(self, number: int) -> float:
        begun = perf_counter()
        self.fetch(self.send(number))
        return perf_counter() - begun
