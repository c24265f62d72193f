"""How often a person may ask, counted in Redis by one script each: exact, however many ask at once."""

import asyncio
import logging
import math
import re
import time
from typing import Final, Literal, Self

from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pydantic import Field, model_validator
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import HTTPConnection

from neuroagent.app.auth.headers import answer_headers
from neuroagent.app.auth.scopes import LOOKING
from neuroagent.app.errors import TooMany
from neuroagent.config.settings import Section

Kind = Literal["read", "write", "run", "ask", "sign_in"]
ASKING: Final = frozenset({"/api/chat", "/v1/chat/completions"})
RUNS: Final = re.compile(r"/api/tools/[^/]+/run|/api/tasks/[^/]+/retry|/api/circuits/[^/]+/(describe|questions)")
PATIENCE: Final = 1.0  # seconds
REST: Final = 5.0  # seconds in which nobody waits for a Redis that has just not answered
OFF: Final = "off"
RUNNING: Final = frozenset({"/api/tasks", "/mcp"})

logger = logging.getLogger(__name__)


class RatesSettings(Section):
    """How often one person may ask; `60/minute`, `10/second`, `500/hour`; `off`: as often as they like."""

    read: str = Field("6000/minute", description="Looking: every GET; `off`: as often as they like.")
    write: str = Field("1200/minute", description="Changing anything.")
    run: str = Field("1200/minute", description="Running tasks and tools.")
    ask: str = Field("600/minute", description="Asking the model.")
    sign_in: str = Field("30/minute", description="Trying to sign in, from one address.")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.items()
        return self

    def items(self) -> dict[Kind, RateLimitItem]:
        kinds: tuple[Kind, ...] = ("read", "write", "run", "ask", "sign_in")
        return {kind: parse(given) for kind in kinds if (given := getattr(self, kind)) != OFF}


def class_of(method: str, path: str) -> Kind:
    if method in LOOKING:
        return "read"
    if path.rstrip("/") in ASKING:
        return "ask"
    is_run = path.rstrip("/") in RUNNING or RUNS.fullmatch(path)
    return "run" if is_run and method == "POST" else "write"


class Rates:
    """On the connections that there are; Redis that is away stops nobody: what needs it says so itself."""

    def __init__(self, settings: RatesSettings, redis: Redis) -> None:
        self._items = settings.items()
        pool = redis.connection_pool
        storage = RedisStorage("async+redis://", implementation="redispy", key_prefix="rate", connection_pool=pool)
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._away_until = 0.0

    async def count(self, connection: HTTPConnection, kind: Kind, who: str) -> None:
        item = self._items.get(kind)
        if item is None or time.monotonic() < self._away_until:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                is_in_time = await self._limiter.hit(item, kind, who)
                stands = await self._limiter.get_window_stats(item, kind, who)
        except (RedisError, OSError) as error:  # a time-out is an OSError too
            self._away_until = time.monotonic() + REST
            logger.warning("rates.not_counted", extra={"reason": str(error) or "Redis doesn't answer"})
            return
        reset = max(1, math.ceil(stands.reset_time - time.time()))
        said = {
            "ratelimit-policy": f'"{kind}";q={item.amount};w={item.get_expiry()}',
            "ratelimit": f'"{kind}";r={stands.remaining};t={reset}',
        }
        answer_headers(connection.scope).update(said)
        if not is_in_time:
            sentence = f"That is too often: {item.amount} in {item.get_expiry()} s. Try again in {reset} s."
            raise TooMany(sentence, reset)
