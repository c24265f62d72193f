"""All tools there are: our own, and those that other servers offer at this moment."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from neuroagent.app.background import beside
from neuroagent.app.doors.mcp.outside.server import Outside
from neuroagent.app.tools.base import AnyTool
from neuroagent.app.tools.outside import OfferedTool

PATIENCE: Final = 5.0  # seconds that the app's start waits for them


@dataclass(frozen=True)
class AllTools(Mapping[str, OfferedTool]):
    """Where two have one name, ours counts."""

    own: Mapping[str, AnyTool]
    servers: Sequence[Outside]

    def __getitem__(self, name: str) -> OfferedTool:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Who is away is asked again later; nobody waits for him longer than a moment."""
        async with AsyncExitStack() as stack:
            for server in self.servers:
                await stack.enter_async_context(beside(server.watch()))
            if tried := [asyncio.ensure_future(server.tried.wait()) for server in self.servers]:
                await asyncio.wait(tried, timeout=PATIENCE)
                for one in tried:
                    one.cancel()
            yield

    def _all(self) -> dict[str, OfferedTool]:
        foreign = {name: tool for server in self.servers for name, tool in server.tools.items()}
        return {**self.own, **{name: tool for name, tool in foreign.items() if name not in self.own}}
