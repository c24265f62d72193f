"""The real worker with the bodies of the faults: `celery -A end_to_end.faults.napper worker`."""

import os
import signal
from time import sleep
from uuid import uuid4

from end_to_end.faults import diary
from end_to_end.faults.naps import NAP, POISON, NapInput, NapOutput, PoisonInput

from neuroagent.tasks.main import app
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import task

__all__ = ["app"]


@task(NAP)
def nap(job: NapInput, report: Report) -> NapOutput:
    run = uuid4().hex
    diary.write("start", report.job.task_id, run)
    report("napping", 0.5)
    sleep(job.seconds)
    report("awake again", 1)
    diary.write("end", report.job.task_id, run)
    return NapOutput(run=run)


@task(POISON)
def poison(_job: PoisonInput, report: Report) -> NapOutput:
    diary.write("start", report.job.task_id, uuid4().hex)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")
