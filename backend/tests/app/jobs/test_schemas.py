"""How a task stands, as a client sees it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from neuroagent.app.engine.client import TaskView
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.jobs.schemas import TaskState
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Failed, Progress

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row(**changes: Any) -> TaskRow:
    values = {"id": "1", "name": "ping", "trace_id": "t", "state": "queued", "created_at": NOW}
    return TaskRow(**values | changes)


@pytest.mark.parametrize(
    ("view", "state"),
    [
        (TaskView(row()), "queued"),
        (TaskView(row(), worker="w@h"), "running"),
        (TaskView(row(), "w@h", Progress(text="half", fraction=0.5)), "running"),
        (TaskView(row(), "w@h", None, Done(at=NOW, output=1)), "done"),
        (TaskView(row(), "w@h", None, Failed(at=NOW, failure=Failure(code="failed", message="no"))), "failed"),
        (TaskView(row(state="done", output=1, ended_at=NOW)), "done"),
        (TaskView(row(state="failed", failure={"code": "failed", "message": "no"}, ended_at=NOW)), "failed"),
    ],
)
def test_the_state_follows_from_what_was_told(view: TaskView, state: str) -> None:
    assert TaskState.of(view).state == state
