"""The states of a task, and which may follow which: the one table that everything else obeys."""

from datetime import timedelta
from typing import Any, Final, Literal

from neuroagent.task_schemas.events import Cancelled, Done, Ending, Failed, Pause, Retrying, WaitingInput

State = Literal["queued", "running", "waiting_input", "retrying", "done", "failed", "dead", "cancelled", "timed_out"]

ENDED: Final[frozenset[State]] = frozenset({"done", "failed", "dead", "cancelled", "timed_out"})
OPEN: Final[frozenset[State]] = frozenset({"queued", "running", "waiting_input", "retrying"})
FOLLOWS: Final[dict[State, frozenset[State]]] = {
    "queued": frozenset({"waiting_input", "retrying", "running", "failed", "dead", "timed_out"}),
    "running": frozenset({"queued", "retrying"}),
    "waiting_input": frozenset({"queued", "running"}),
    "retrying": frozenset({"queued", "running"}),
    "done": OPEN,
    "failed": OPEN,
    "dead": OPEN,
    "cancelled": OPEN,
    "timed_out": OPEN,
}
"""From which states each one may be entered."""

CAN_BE_RETRIED: Final = ("failed", "dead", "timed_out")
CELERY: Final[dict[State, str]] = {
    "queued": "PENDING",
    "running": "STARTED",
    "waiting_input": "STARTED",
    "retrying": "RETRY",
    "done": "SUCCESS",
    "failed": "FAILURE",
    "dead": "FAILURE",
    "cancelled": "REVOKED",
    "timed_out": "FAILURE",
}


def state_of(event: Ending | Pause) -> State:
    match event:
        case Done():
            return "done"
        case Cancelled():
            return "cancelled"
        case Retrying():
            return "retrying"
        case WaitingInput():
            return "waiting_input"
        case Failed(failure=failure):
            by_code: dict[str, State] = {
                "worker_lost": "dead",
                "soft_timeout": "timed_out",
                "hard_timeout": "timed_out",
            }
            return by_code.get(failure.code, "failed")


def values_of(event: Ending | Pause) -> dict[str, Any]:
    """What the row says after this event."""
    values: dict[str, Any] = {"state": state_of(event)}
    if not isinstance(event, Cancelled) and event.attempt:
        values["attempts"] = event.attempt
    if isinstance(event, Ending):
        values["seconds"] = event.seconds
    match event:
        case Done(at=at, output=output, stored=stored):
            kept = stored and stored.model_dump(mode="json")
            return values | {"ended_at": at, "output": output, "stored": kept, "failure": None, "question": None}
        case Failed(at=at, failure=failure):
            return values | {"ended_at": at, "failure": failure.model_dump(mode="json")}
        case Cancelled(at=at):
            return values | {"ended_at": at}
        case Retrying(at=at, pause=pause, failure=failure):
            due = at + timedelta(seconds=pause)
            return values | {"due_at": due, "failure": failure.model_dump(mode="json")}
        case WaitingInput(question=question):
            return values | {"question": question}
