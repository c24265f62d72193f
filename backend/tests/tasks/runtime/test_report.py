"""What a body may tell and ask."""

from pathlib import Path

import pytest
from stores import DiskStore
from tasks.jobs import BEAT, job

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant
from neuroagent.task_schemas.jobs import Job, SessionTerms
from neuroagent.tasks.runtime.report import RedisHealth, Report

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


def a_report(store: DiskStore, given: Job) -> Report:
    def no_renewal(renewal: str) -> UploadGrant | DownloadGrant:
        raise AssertionError("no link ran out in this test")

    return Report(given, BEAT, "w@h", lambda _: None, no_renewal, lambda: RedisHealth(reachable=True))


def lent(store: DiskStore, state: StoredFile | None = None) -> Job:
    """A job that goes on with a session."""
    upload = store.grants.session("5e55", "1")
    terms = SessionTerms(id="5e55", key="ab" * 32, state=state, upload=upload)
    downloads = {state.key: store.grants.download(state, "1")} if state else {}
    return job(session=terms, downloads=downloads)


def test_a_job_without_a_session_has_none(report: Report) -> None:
    assert report.session is None


def test_what_one_run_leaves_the_next_one_finds(running_disk: DiskStore) -> None:
    first = a_report(running_disk, lent(running_disk)).session
    assert first is not None
    assert first.load() is None
    first.save(b"the state")
    assert first.left is not None

    second = a_report(running_disk, lent(running_disk, first.left)).session

    assert second is not None
    assert second.load() == b"the state"
    assert second.left is None, "a run that saves nothing leaves the session as it found it"
    assert (second.id, second.key) == ("5e55", b"\xab" * 32)


def test_two_attempts_never_write_the_same_file(running_disk: DiskStore) -> None:
    left = []
    for content in (b"late", b"right"):
        session = a_report(running_disk, lent(running_disk)).session
        assert session is not None
        session.save(content)
        left.append(session.left)

    assert len({file.key for file in left if file}) == 2
