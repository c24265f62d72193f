"""What a body may tell and ask."""

from pathlib import Path

import pytest

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.files import StoredFile
from neuroagent.tasks.runtime.report import Report

Told = list[Progress | Log | Artifact]


def test_progress_is_told_as_it_is_said(report: Report, told: Told) -> None:
    report("opening the circuit", 0.2)

    assert told == [Progress(text="opening the circuit", fraction=0.2)]


def test_progress_never_goes_back(report: Report, told: Told) -> None:
    report("far", 0.8)
    report("oops", 0.3)
    report("done", 7.0)
    report.flush()

    assert [event.fraction for event in told if isinstance(event, Progress)] == [0.8, 1.0]


def test_a_body_in_a_loop_tells_a_little_and_the_last_of_it(report: Report, told: Told) -> None:
    for number in range(10_000):
        report(f"step {number}", number / 10_000)
    report.flush()

    assert 2 <= len(told) < 100
    assert told[-1] == Progress(text="step 9999", fraction=0.9999)


def test_a_line_of_the_log_comes_after_the_progress_before_it(report: Report, told: Told) -> None:
    report("one", 0.1)
    report("two", 0.2)
    report.log("a line", stream="stderr")

    assert told[1:] == [Progress(text="two", fraction=0.2), Log(text="a line", stream="stderr")]


def test_a_file_that_the_job_does_not_name_can_t_be_fetched(report: Report, tmp_path: Path) -> None:
    file = StoredFile(key="tasks/2/secret.csv", name="secret.csv", media_type="text/csv", size=1, sha256="0" * 64)

    with pytest.raises(TaskError, match=r"no leave to read 'secret\.csv'"):
        report.fetch(file, tmp_path / "copy")
