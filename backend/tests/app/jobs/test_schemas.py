"""How a task stands, as a client sees it."""

from datetime import UTC, datetime

import pytest
from app.engine.test_ledger import row

from neuroagent.app.engine.client import TaskView
from neuroagent.app.jobs.schemas import TaskState
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Failed, Progress, WaitingInput

NOW = datetime(2026, 1, 1, tzinfo=UTC)


PERMANENT = Failure(code="permanent", message="no")


@pytest.mark.parametrize(
    ("view", "state", "celery_state"),
    [
        (TaskView(row()), "queued", "PENDING"),
        (TaskView(row(), worker="w@h"), "running", "STARTED"),
        (TaskView(row(), "w@h", Progress(text="half", fraction=0.5)), "running", "STARTED"),
        (TaskView(row(), "w@h", None, Done(at=NOW, output=1)), "done", "SUCCESS"),
        (TaskView(row(), "w@h", None, Failed(at=NOW, failure=PERMANENT)), "failed", "FAILURE"),
        (TaskView(row(), event=WaitingInput(at=NOW, attempt=1, question="?")), "waiting_input", "STARTED"),
        (TaskView(row(state="done", output=1, ended_at=NOW)), "done", "SUCCESS"),
        (TaskView(row(state="dead", failure=PERMANENT.model_dump(), ended_at=NOW)), "dead", "FAILURE"),
        (TaskView(row(state="cancelled", ended_at=NOW)), "cancelled", "REVOKED"),
    ],
)
def test_the_state_follows_from_what_was_told(view: TaskView, state: str, celery_state: str) -> None:
    seen = TaskState.of(view)

    assert (seen.state, seen.celery_state) == (state, celery_state)
