"""The probes: the process is alive; what it needs is there."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.db.database import Database
from neuroagent.app.engine.workers import live_workers
from neuroagent.task_schemas import QUEUES

OK = "ok"


class Alive(BaseModel):
    status: str = OK


class Readiness(BaseModel):
    """Each thing the app needs, by name: `ok` or what is wrong."""

    ready: bool
    database: str
    redis: str
    queues: dict[str, str]


def health_router(database: Database, redis: Redis) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> Alive:
        """The process is alive."""
        return Alive()

    @router.get("/readyz", responses={503: {"model": Readiness}})
    async def readyz(response: Response) -> Readiness:
        """The database, Redis, and at least one live worker for each queue."""
        stored = await _said(lambda: _ask(database), "can't be reached")
        reached = await _said(redis.ping, "can't be reached")
        queues = await _queues(redis) if reached == OK else dict.fromkeys(QUEUES, "unknown while Redis is away")
        ready = all(said == OK for said in (stored, reached, *queues.values()))
        response.status_code = 200 if ready else 503
        return Readiness(ready=ready, database=stored, redis=reached, queues=queues)

    return router


async def _ask(database: Database) -> None:
    async with database.read() as session:
        await session.execute(text("SELECT 1"))


async def _said(ask: Callable[[], Awaitable[Any]], trouble: str) -> str:
    try:
        await ask()
    except (RedisError, SQLAlchemyError, OSError):
        return trouble
    return OK


async def _queues(redis: Redis) -> dict[str, str]:
    served = {queue for beat in (await live_workers(redis)).values() for queue in beat.queues}
    return {queue: OK if queue in served else "no live worker" for queue in QUEUES}
