"""One reader is always started ahead."""

import os
import signal
from pathlib import Path

import pytest

from neuroagent.tasks.circuit.reader.standby import Readers


@pytest.fixture
def readers(tmp_path: Path) -> Readers:
    return Readers(within=tmp_path / "spool")


def test_the_next_one_is_ready_before_anybody_asks(readers: Readers, tmp_path: Path) -> None:
    readers.ready()
    with readers.lend() as first:
        pid = first.pid
    with readers.lend() as second:
        assert second.pid != pid, "never the same for two files"
        assert second.is_alive
    readers.close()

    assert list((tmp_path / "spool").iterdir()) == []


def test_a_spare_one_that_died_is_not_lent(readers: Readers) -> None:
    readers.ready()
    spare = readers._spare
    assert spare is not None
    os.kill(spare.pid, signal.SIGKILL)
    spare._process.wait()

    with readers.lend() as reader:
        reader.greet()
    readers.close()
