"""Is a worker there, and can it do its work?"""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from tempfile import TemporaryDirectory

from neuroagent import __version__
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.system import (
    PING,
    WORKER_HEALTH_CHECK,
    PingInput,
    PingOutput,
    WorkerHealthCheckInput,
    WorkerHealthCheckOutput,
)
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import task


@task(PING)
def ping(_job: PingInput, _report: Report) -> PingOutput:
    return PingOutput(timestamp=datetime.now(UTC))


@task(WORKER_HEALTH_CHECK)
def worker_health_check(job: WorkerHealthCheckInput, report: Report) -> WorkerHealthCheckOutput:
    report("asking Redis", 0.1)
    redis = report.redis_health()
    report("trying the store", 0.5)
    return WorkerHealthCheckOutput(
        worker=report.worker_name,
        redis_reachable=redis.reachable,
        redis_version=redis.version,
        redis_ms=redis.milliseconds,
        versions={"neuroagent": __version__, "python": python_version(), "celery": version("celery")},
        families=report.worker.families,
        queues=report.worker.queues,
        stored=_store(report) if job.store else None,
        fetched_bytes=_fetch(job.fetch, report) if job.fetch else None,
    )


def _store(report: Report) -> StoredFile:
    with TemporaryDirectory() as folder:
        probe = Path(folder) / "probe.txt"
        probe.write_text(f"stored by {report.worker_name}\n", encoding="utf-8")
        return report.store(probe, name="probe.txt", media_type="text/plain")


def _fetch(file: StoredFile, report: Report) -> int:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "fetched"
        report.fetch(file, copy)
        return copy.stat().st_size
