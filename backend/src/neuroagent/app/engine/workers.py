"""Which workers are alive, by their own word."""

from pydantic import ValidationError
from redis.asyncio import Redis

from neuroagent.task_schemas.jobs import WORKERS_KEY, WorkerBeat, worker_key


async def live_workers(redis: Redis) -> dict[str, WorkerBeat]:
    names = sorted(name.decode() for name in await redis.smembers(WORKERS_KEY))
    if not names:
        return {}
    beats = dict(zip(names, await redis.mget([worker_key(name) for name in names]), strict=True))
    if silent := [name for name, beat in beats.items() if beat is None]:
        await redis.srem(WORKERS_KEY, *silent)
    read = {name: _read(beat) for name, beat in beats.items() if beat is not None}
    return {name: beat for name, beat in read.items() if beat is not None}


def _read(beat: bytes) -> WorkerBeat | None:
    """None: nothing that this version knows, and nobody to count on."""
    try:
        return WorkerBeat.model_validate_json(beat)
    except ValidationError:
        return None
