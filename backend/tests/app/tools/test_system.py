"""A look at the workers, in a sentence."""

from neuroagent.app.tools.system import CHECK_WORKER
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.system import WorkerHealthCheckOutput

FOUND = WorkerHealthCheckOutput(
    worker="celery@here",
    redis_reachable=True,
    redis_version="7",
    redis_ms=0.26,
    versions={},
    families=["system"],
    queues=["default_q", "python_q"],
)
FILE = StoredFile(key="tasks/1/probe.txt", name="probe.txt", media_type="text/plain", size=1, sha256="0" * 64)


def test_it_says_who_answered_and_how() -> None:
    said = "Worker celery@here is alive: Redis answers in 0.3 ms; it serves default_q, python_q."

    assert CHECK_WORKER.told(FOUND) == said
    assert CHECK_WORKER.told(FOUND.model_copy(update={"stored": FILE})) == f"{said} It stored a file."
