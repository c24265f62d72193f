"""What tests of the conversation may ask for."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from app.chat.rooms import Opener
from app.engine.workers_of_tests import Hand
from redis import Redis

from neuroagent.app.chat.threads import Threads
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.redis import RedisLines


@pytest.fixture
async def opened(tasks: Tasks, lines: RedisLines) -> AsyncIterator[Opener]:
    async with AsyncExitStack() as stack:
        yield Opener(tasks, lines, stack)


@pytest.fixture
def hand(redis_client: Redis) -> Hand:
    return Hand(redis_client)


@pytest.fixture
def threads(ledger: Ledger) -> Threads:
    return Threads(ledger)
