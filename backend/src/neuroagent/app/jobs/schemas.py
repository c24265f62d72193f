"""What travels between a client and /api/tasks."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from neuroagent.app.engine.client import TaskView
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.states import CELERY, State, values_of
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.files import StoredFile

SUBMITTED: dict[str, JsonValue] = {"id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10", "state": "queued"}
TASK: dict[str, JsonValue] = {
    "id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10",
    "name": "ping",
    "queue": "default_q",
    "state": "done",
    "celery_state": "SUCCESS",
    "attempts": 1,
    "worker": "celery@host",
    "progress": None,
    "output": {"pong": True, "timestamp": "2026-01-01T12:00:00Z"},
    "stored": None,
    "failure": None,
    "question": None,
    "trace_id": "b7d0c1e29f6a4d0f8a3c5e7192b4d6f8",
    "created_at": "2026-01-01T12:00:00Z",
    "ended_at": "2026-01-01T12:00:00.003Z",
}


class Submission(BaseModel):
    """A task to run."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "ping", "input": {}}]})

    name: str = Field(description="A task's name; docs/tasks.md lists them.")
    input: dict[str, Any] = Field({}, description="What the task's contract asks for.")


class Submitted(BaseModel):
    """Accepted: a row in the ledger and a message in the queue."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUBMITTED]})

    id: str
    state: State = "queued"


class Answer(BaseModel):
    """What a person says to a task that waits for it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"answer": {"proceed": True}}]})

    answer: JsonValue


class TaskProgress(BaseModel):
    fraction: float | None = None
    text: str = ""


class TaskState(BaseModel):
    """How a task stands; `output` when it is done (`stored` when it is large), `failure` when it failed."""

    model_config = ConfigDict(json_schema_extra={"examples": [TASK]})

    id: str
    name: str
    queue: str
    state: State
    celery_state: Literal["PENDING", "STARTED", "RETRY", "SUCCESS", "FAILURE", "REVOKED"]
    attempts: int
    worker: str | None = None
    progress: TaskProgress | None = None
    output: JsonValue = None
    stored: StoredFile | None = None
    failure: Failure | None = None
    question: JsonValue = None
    trace_id: str
    created_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def of(cls, view: TaskView) -> Self:
        seen = _kept(view.row)
        if view.event is not None:  # told, and perhaps not yet written down
            seen |= values_of(view.event)
        elif view.worker and seen["state"] == "queued":
            seen |= {"state": "running"}
        progress = view.progress and TaskProgress(fraction=view.progress.fraction, text=view.progress.text)
        shown = {name: seen[name] for name in cls.model_fields if name in seen}
        return cls(**shown, celery_state=CELERY[seen["state"]], worker=view.worker, progress=progress)


class TaskPage(BaseModel):
    """Some of your tasks, newest first; `next` is the cursor of those before them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tasks": [TASK], "next": None}]})

    tasks: list[TaskState]
    next: str | None = None


def _kept(row: TaskRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118 - a column collection
