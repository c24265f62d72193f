"""What a row of the ledger says in the words of the wire."""

from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Failed


def ending_of(row: TaskRow) -> Ending:
    """How a row that has ended says it ended."""
    at = row.ended_at or row.created_at
    match row.state:
        case "done":
            return Done.model_validate({"at": at, "output": row.output, "stored": row.stored})
        case "cancelled":
            return Cancelled(at=at)
        case _:
            return Failed.model_validate({"at": at, "failure": row.failure})
