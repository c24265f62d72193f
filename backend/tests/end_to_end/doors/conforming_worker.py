"""The real worker with the bodies of the suite's tools: `celery -A end_to_end.doors.conforming_worker worker`."""

from time import sleep

from end_to_end.doors.conforming import ERROR, PROGRESS, SIMPLE, SLOW, Nothing, Text

from neuroagent.task_schemas.errors import TaskError
from neuroagent.tasks.main import app
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import task

__all__ = ["app"]


@task(SIMPLE)
def simple(_job: Nothing, _report: Report) -> Text:
    return Text(text="This is a simple text response for testing.")


@task(ERROR)
def error(_job: Nothing, _report: Report) -> Text:
    raise TaskError("This tool intentionally returns an error for testing")


@task(PROGRESS)
def progress(_job: Nothing, report: Report) -> Text:
    for step in (1, 2, 3):
        report(f"step {step}", step / 4)
        sleep(0.3)  # closer together, a worker tells them as one
    return Text(text="There.")


@task(SLOW)
def slow(_job: Nothing, report: Report) -> Text:
    for step in range(300):
        report(f"nap {step}")
        sleep(0.1)
    return Text(text="Awake.")
