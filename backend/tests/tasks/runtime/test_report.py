"""What a body may tell and ask."""

from pathlib import Path

import pytest

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Log, Progress
from neuroagent.task_schemas.files import StoredFile
from neuroagent.tasks.runtime.report import Report


def test_progress_is_told_as_it_is_said(report: Report, told: list[Progress | Log]) -> None:
    report("opening the circuit", 0.2)
    report("writing the query")

    assert told == [Progress(text="opening the circuit", fraction=0.2), Progress(text="writing the query")]


def test_a_file_that_the_job_does_not_name_can_t_be_fetched(report: Report, tmp_path: Path) -> None:
    file = StoredFile(key="tasks/2/secret.csv", name="secret.csv", media_type="text/csv", size=1, sha256="0" * 64)

    with pytest.raises(TaskError, match=r"no leave to read 'secret\.csv'"):
        report.fetch(file, tmp_path / "copy")
