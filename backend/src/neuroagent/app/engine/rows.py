"""What a row of the ledger says in the words of the wire."""

from datetime import UTC, datetime
from typing import Final

from neuroagent.app.engine.models import TaskRow
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Failed

NOT_SENT: Final = "not_sent"


def ending_of(row: TaskRow) -> Ending:
    """How a row that has ended says it ended."""
    at = row.ended_at or row.created_at
    match row.state:
        case "done":
            return Done.model_validate(
                {"at": at, "output": row.output, "stored": row.stored, "seconds": row.seconds or 0}
            )
        case "cancelled":
            return Cancelled(at=at)
        case _:
            return Failed.model_validate({"at": at, "failure": row.failure})


def withdrawal(reason: str) -> Failed:
    """The ending of what never reached its queue."""
    failure = Failure(code="retryable", error_code=NOT_SENT, message=reason)
    return Failed(at=datetime.now(UTC), failure=failure)


def is_withdrawn(row: TaskRow) -> bool:
    match row.failure:
        case {"code": "retryable", "error_code": str(code)}:
            return row.state == "failed" and code == NOT_SENT
        case _:
            return False
