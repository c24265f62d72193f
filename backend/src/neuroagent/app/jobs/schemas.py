"""What travels between a client and /api/tasks."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from neuroagent.app.engine.client import TaskView
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Failed

State = Literal["queued", "running", "done", "failed"]


class Submission(BaseModel):
    """A task to run."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "ping", "input": {}}]})

    name: str = Field(description="A task's name; docs/tasks.md lists them.")
    input: dict[str, Any] = Field({}, description="What the task's contract asks for.")


class Submitted(BaseModel):
    """Accepted: a row in the ledger and a message in the queue."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10", "state": "queued"}]}
    )

    id: str
    state: Literal["queued"] = "queued"


class TaskProgress(BaseModel):
    fraction: float | None = None
    text: str = ""


class TaskState(BaseModel):
    """How a task stands; `output` when it is done, `failure` when it failed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10",
                    "name": "ping",
                    "state": "done",
                    "worker": "celery@host",
                    "progress": None,
                    "output": {"pong": True, "timestamp": "2026-01-01T12:00:00Z"},
                    "failure": None,
                    "trace_id": "b7d0c1e29f6a4d0f8a3c5e7192b4d6f8",
                    "created_at": "2026-01-01T12:00:00Z",
                    "ended_at": "2026-01-01T12:00:00.003Z",
                }
            ]
        }
    )

    id: str
    name: str
    state: State
    worker: str | None
    progress: TaskProgress | None
    output: JsonValue
    failure: Failure | None
    trace_id: str
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, view: TaskView) -> Self:
        row = view.row
        seen: dict[str, Any] = {
            "state": row.state,
            "output": row.output,
            "failure": row.failure,
            "ended_at": row.ended_at,
        }
        match view.ending:
            case Done(at=at, output=output):
                seen |= {"state": "done", "output": output, "ended_at": at}
            case Failed(at=at, failure=failure):
                seen |= {"state": "failed", "failure": failure, "ended_at": at}
            case None if view.worker:
                seen |= {"state": "running"}
        progress = view.progress and TaskProgress(fraction=view.progress.fraction, text=view.progress.text)
        return cls(
            id=row.id,
            name=row.name,
            worker=view.worker,
            progress=progress,
            trace_id=row.trace_id,
            created_at=row.created_at,
            **seen,
        )
