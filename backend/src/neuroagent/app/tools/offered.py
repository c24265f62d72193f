"""The tools as they are offered at this moment: with what the live workers have for them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from neuroagent.app.engine.workers import live_workers
from neuroagent.app.tools.outside import OfferedTool, OutsideTool
from neuroagent.task_schemas.jobs import WorkerBeat

LONGEST: Final = 4_000  # characters of what workers say of themselves, which the model reads with every message


async def as_offered(tools: Mapping[str, OfferedTool], redis: Redis) -> dict[str, OfferedTool]:
    """Without Redis nobody knows what the workers have, and the tools are offered plainly."""
    try:
        beats = await live_workers(redis)
    except RedisError:
        return dict(tools)
    return told_by(beats.values(), tools)


def told_by(beats: Iterable[WorkerBeat], tools: Mapping[str, OfferedTool]) -> dict[str, OfferedTool]:
    """The worker that was started last counts: while workers are replaced, it is the one that stays."""
    said = {task: text for beat in sorted(beats, key=lambda one: one.started_at) for task, text in beat.offers.items()}
    return {name: _with(tool, said) for name, tool in tools.items()}


def _with(tool: OfferedTool, said: Mapping[str, str]) -> OfferedTool:
    text = "" if isinstance(tool, OutsideTool) else _plain(said.get(tool.contract.name, ""))
    return replace(tool, description=f"{tool.description} {text}") if text else tool


def _plain(text: str) -> str:
    """One line of what can be printed; a worker may say anything."""
    line = " ".join(text.split())
    return "".join(character for character in line if character.isprintable())[:LONGEST]
