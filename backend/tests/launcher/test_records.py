import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.stand_ins import SLEEPER

from neuroagent.launcher import processes, records
from neuroagent.launcher.records import Record


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def record_of(process: subprocess.Popen[bytes]) -> Record:
    found = processes.find(process.pid)
    assert found
    return Record(found.pid, found.started, sys.executable, "mark of this test")


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = Record(1, "then", "/bin/true", "mark")

    record.save(tmp_path / "run" / "app.json")

    assert records.load(tmp_path / "run" / "app.json") == record


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"pid": 1}'])
def test_what_is_no_record_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "app.json"
    path.write_text(text)

    assert records.load(path) is None


def test_the_recorded_process_is_ended(sleeper: subprocess.Popen[bytes]) -> None:
    assert records.end(record_of(sleeper), grace=10)

    assert sleeper.wait(10) == -15


def test_another_process_under_the_same_id_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    recorded = record_of(sleeper)
    earlier = Record(recorded.pid, "before the machine was started", recorded.executable, recorded.mark)

    ended = records.end(earlier, grace=1)

    assert not ended
    assert sleeper.poll() is None
