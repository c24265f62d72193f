"""The name under which tools know the wait for an answer: a thin face of the engine."""

from datetime import timedelta
from typing import Final

from pydantic import JsonValue

from neuroagent.app.engine.client import StillRunning, Tasks
from neuroagent.app.engine.rows import ending_of
from neuroagent.app.engine.states import ENDED
from neuroagent.task_schemas.events import Ending

PATIENCE: Final = timedelta(seconds=30)


async def long_poll_celery_result(
    tasks: Tasks, task_id: str, *, owner: str, patience: timedelta = PATIENCE
) -> JsonValue:
    """The answer of a task submitted before; TaskFailed, TaskCancelled or StillRunning say why there is none."""
    view = await tasks.look(task_id, owner=owner, patience=patience)
    ending = ending_of(view.row) if view.row.state in ENDED else view.event
    if not isinstance(ending, Ending):
        raise StillRunning(task_id, patience)
    return await tasks.output(ending)
