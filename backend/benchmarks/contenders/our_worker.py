"""Our own worker, which also does nothing when asked to: `celery -A our_worker worker -Q default_q`."""

from noop import NOOP, NoopInput, NoopOutput

from neuroagent.tasks.main import app
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import task

__all__ = ["app"]


@task(NOOP)
def noop(job: NoopInput, _report: Report) -> NoopOutput:
    return NoopOutput(number=job.number)
