"""A circuit as its owner sees it: its row, and how the task stands that describes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.repository import sources
from neuroagent.app.circuits.schemas import CircuitState, CircuitView, Upload
from neuroagent.app.engine.client import Tasks, TaskView
from neuroagent.app.engine.rows import ending_of
from neuroagent.app.engine.states import ENDED
from neuroagent.task_schemas.circuit import DESCRIBE_CIRCUIT, DescribeCircuitOutput
from neuroagent.task_schemas.events import Done, Ending, Failed


@dataclass(frozen=True)
class Views:
    tasks: Tasks

    async def many(self, rows: Sequence[CircuitRow]) -> list[CircuitView]:
        """Of each whether it is ready, not what is in it."""
        return [_view(row, await self._ending(row)) for row in rows]

    async def one(self, row: CircuitRow, patience: timedelta) -> CircuitView:
        """With its description, as soon as it is there or patience ends."""
        ending = await self._ending(row, patience)
        if not isinstance(ending, Done):
            return _view(row, ending)
        description = DESCRIBE_CIRCUIT.decode_output(await self.tasks.output(ending))
        return _view(row, ending, description)

    async def _ending(self, row: CircuitRow, patience: timedelta = timedelta(0)) -> Ending | None:
        if row.task_id is None:
            return None
        view = await self.tasks.look(row.task_id, owner=row.owner, patience=patience)
        return _ending_of(view)


def _ending_of(view: TaskView) -> Ending | None:
    if view.row.state in ENDED:
        return ending_of(view.row)
    return view.event if isinstance(view.event, Ending) else None


def _view(row: CircuitRow, ending: Ending | None, description: DescribeCircuitOutput | None = None) -> CircuitView:
    source = sources.validate_python(row.source)
    file = source.file if isinstance(source, Upload) else None
    shown: Mapping[str, object] = {
        "id": row.id,
        "name": row.name,
        "source": source.kind,
        "format": row.format,
        "bytes": file.size if file else None,
        "state": _state(row, is_uploading=isinstance(source, Upload) and file is None, ending=ending),
        "reason": ending.failure.message if isinstance(ending, Failed) else "",
        "task_id": row.task_id,
        "created_at": row.created_at,
        "description": description,
    }
    return CircuitView.model_validate(shown)


def _state(row: CircuitRow, *, is_uploading: bool, ending: Ending | None) -> CircuitState:
    if is_uploading:
        return "uploading"
    if row.task_id is None:
        return "registered"
    match ending:
        case None:
            return "describing"
        case Done():
            return "ready"
        case _:
            return "failed"
