"""/api/tools: what there is, whether a worker is there for it, and a tool without a model."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from redis.asyncio import Redis
from redis.exceptions import RedisError

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.engine.client import Tasks, TaskView
from neuroagent.app.engine.workers import live_workers
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.jobs.endpoints import Key
from neuroagent.app.jobs.schemas import TaskState
from neuroagent.app.notifications.following import Following
from neuroagent.app.tools.base import AnyTool, ToolContext
from neuroagent.app.tools.calling import asked
from neuroagent.app.tools.offered import told_by
from neuroagent.app.tools.outside import OfferedTool, OutsideServer, OutsideTool
from neuroagent.app.tracing import current_trace_id
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.jobs import WorkerBeat

FilesOf = Callable[[str, str], Awaitable[tuple[StoredFile, ...]]]
LONGEST_WAIT: Final = 60
MAX_BODY_BYTES: Final = 4 * 2**20
TOOL: dict[str, JsonValue] = {
    "name": "check_worker",
    "description": "Says whether a worker is alive.",
    "schema": {"type": "object"},
    "task": "worker_health_check",
    "queue": "default_q",
    "online": True,
    "why": "",
}


class ToolView(BaseModel):
    """A tool, and whether it can be called at this moment."""

    model_config = ConfigDict(json_schema_extra={"examples": [TOOL]}, serialize_by_alias=True)

    name: str
    description: str
    arguments: dict[str, Any] = Field(alias="schema", description="JSON schema of what it takes.")
    task: str = Field("", description="What does the work, for a tool of ours.")
    queue: str = ""
    server: str = Field("", description="Whose it is, for a tool of another server.")
    approval: str = Field("never", description="`always`: a person says yes to each call.")
    online: bool
    why: str = Field("", description="Why it isn't.")


class ServerView(BaseModel):
    """Another's MCP server, whose tools are offered too."""

    name: str
    online: bool
    why: str = Field("", description="Why it isn't.")


class ToolList(BaseModel):
    tools: list[ToolView]
    servers: list[ServerView] = []


class ToolCall(BaseModel):
    """What to call a tool with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"arguments": {}}]})

    arguments: dict[str, Any] = Field({}, description="As the tool's schema says.")
    thread: str | None = Field(
        None, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="Its session goes on."
    )


@dataclass(frozen=True)
class Bench:
    """What a call stands on."""

    tasks: Tasks
    circuits: Circuits
    following: Following
    files_of: FilesOf


def tools_router(
    tools: Mapping[str, OfferedTool], bench: Bench, redis: Redis, servers: Sequence[OutsideServer] = ()
) -> APIRouter:
    router = APIRouter(prefix="/api/tools", tags=["tools"], route_class=limited_to(MAX_BODY_BYTES))

    @router.get("")
    async def page(_: CurrentCaller) -> ToolList:
        """Every tool, with the schema of its arguments, and whether a worker is there for it."""
        beats = await _beats(redis)
        served = None if beats is None else {queue for beat in beats for queue in beat.queues}
        shown = [ServerView(name=one.name, online=not one.why_away, why=one.why_away) for one in servers]
        return ToolList(tools=[_view(tool, served) for tool in told_by(beats or (), tools).values()], servers=shown)

    @router.post("/{name}/run")
    async def run(
        name: str,
        call: ToolCall,
        caller: CurrentCaller,
        key: Key = None,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")] = 30,
    ) -> TaskState:
        """A tool without a model; what hasn't ended in time is found again at /api/tasks/{id}."""
        if name not in tools:
            raise NotFound(f"There is no tool {name[:100]!r}; there are {', '.join(tools)}.")
        if isinstance(tool := tools[name], OutsideTool):
            raise Conflict(
                f"{name!r} is a tool of the server {tool.server.name!r}: it is called in a conversation only."
            )
        files = await bench.files_of(caller.user_id, call.thread) if call.thread else ()
        context = ToolContext(caller.user_id, current_trace_id(), call.thread, bench.circuits, files=files)
        job = await tool.job_of(call.arguments, context)
        row = await asked(bench.tasks, tool, job, context=context, key=key)
        bench.following.follow(row, name, call.thread)
        return TaskState.of(await _looked(bench.tasks, row.id, caller.user_id, wait))

    return router


async def _looked(tasks: Tasks, task_id: str, owner: str, wait: float) -> TaskView:
    return await tasks.look(task_id, owner=owner, patience=timedelta(seconds=wait))


async def _beats(redis: Redis) -> list[WorkerBeat] | None:
    """None: nobody knows which workers are alive."""
    try:
        return list((await live_workers(redis)).values())
    except RedisError:
        return None


def _view(tool: OfferedTool, served: set[str] | None) -> ToolView:
    return _outside_view(tool) if isinstance(tool, OutsideTool) else _own_view(tool, served)


def _outside_view(tool: OutsideTool) -> ToolView:
    offer, why = tool.offer, tool.server.why_away
    return ToolView(
        name=offer.name,
        description=offer.description,
        schema=offer.schema,
        server=tool.server.name,
        approval=tool.approval,
        online=not why,
        why=why,
    )


def _own_view(tool: AnyTool, served: set[str] | None) -> ToolView:
    queue = tool.contract.queue
    why = (
        "Redis can't be reached." if served is None else "" if queue in served else f"No live worker serves {queue!r}."
    )
    return ToolView(
        name=tool.name,
        description=tool.description,
        schema=tool.offer.schema,
        task=tool.contract.name,
        queue=queue,
        online=not why,
        why=why,
    )
