"""/api/tools: what there is, whether a worker is there for it, and a tool without a model."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from redis.asyncio import Redis
from redis.exceptions import RedisError

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.engine.client import Tasks, TaskView
from neuroagent.app.engine.workers import live_workers
from neuroagent.app.errors import Conflict, NotFound
from neuroagent.app.jobs.endpoints import Key
from neuroagent.app.jobs.schemas import TaskState
from neuroagent.app.tools.base import AnyTool, ToolContext
from neuroagent.app.tools.calling import asked
from neuroagent.app.tools.outside import OfferedTool, OutsideServer, OutsideTool
from neuroagent.app.tracing import current_trace_id

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


def tools_router(
    tools: Mapping[str, OfferedTool], tasks: Tasks, redis: Redis, servers: Sequence[OutsideServer] = ()
) -> APIRouter:
    router = APIRouter(prefix="/api/tools", tags=["tools"], route_class=limited_to(MAX_BODY_BYTES))

    @router.get("")
    async def page(_: CurrentCaller) -> ToolList:
        """Every tool, with the schema of its arguments, and whether a worker is there for it."""
        served = await _served(redis)
        shown = [ServerView(name=one.name, online=not one.why_away, why=one.why_away) for one in servers]
        return ToolList(tools=[_view(tool, served) for tool in tools.values()], servers=shown)

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
        context = ToolContext(caller.user_id, current_trace_id(), call.thread)
        if isinstance(tool := tools[name], OutsideTool):
            raise Conflict(
                f"{name!r} is a tool of the server {tool.server.name!r}: it is called in a conversation only."
            )
        row = await asked(tasks, tool, tool.job_of(call.arguments, context), context=context, key=key)
        return TaskState.of(await _looked(tasks, row.id, caller.user_id, wait))

    return router


async def _looked(tasks: Tasks, task_id: str, owner: str, wait: float) -> TaskView:
    return await tasks.look(task_id, owner=owner, patience=timedelta(seconds=wait))


async def _served(redis: Redis) -> set[str] | None:
    """The queues that a live worker serves; None: nobody knows."""
    try:
        return {queue for beat in (await live_workers(redis)).values() for queue in beat.queues}
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
