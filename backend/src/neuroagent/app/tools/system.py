"""The system family's tool: a look at the workers."""

from pydantic import Field

from neuroagent.app.tools.base import Arguments, Tool, ToolContext
from neuroagent.task_schemas.system import WORKER_HEALTH_CHECK, WorkerHealthCheckInput, WorkerHealthCheckOutput


class CheckWorkerArguments(Arguments):
    store: bool = Field(False, description="Also store a small file, to prove that the worker reaches the store.")


def _job(given: CheckWorkerArguments, _context: ToolContext) -> WorkerHealthCheckInput:
    return WorkerHealthCheckInput(store=given.store)


def _told(found: WorkerHealthCheckOutput) -> str:
    stored = " It stored a file." if found.stored else ""
    return (
        f"Worker {found.worker} is alive: Redis answers in {found.redis_ms:.1f} ms; "
        f"it serves {', '.join(found.queues)}.{stored}"
    )


CHECK_WORKER = Tool(
    "check_worker",
    "Says whether a worker is alive and reaches what it needs.",
    CheckWorkerArguments,
    WORKER_HEALTH_CHECK,
    _job,
    _told,
)
