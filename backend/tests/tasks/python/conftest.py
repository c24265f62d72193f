"""Interpreters of a real image, behind the real wall, and a report that keeps what is stored."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sandboxes
from folder_store import FolderStore
from tasks.jobs import BEAT, job, upload_grant

from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant
from neuroagent.tasks.python.image.manifest import Manifest
from neuroagent.tasks.python.slot import Limits, Slot
from neuroagent.tasks.python.standby import Standby
from neuroagent.tasks.python.task import Sandbox
from neuroagent.tasks.runtime.report import RedisHealth, Report


class KeepingReport(Report):
    """Stores into memory what a real one uploads."""

    contents: dict[str, bytes]

    def store(self, path: Path, *, name: str, media_type: str) -> StoredFile:
        content = path.read_bytes()
        self.contents[name] = content
        digest = hashlib.sha256(content).hexdigest()
        file = StoredFile(key=f"tasks/1/{name}", name=name, media_type=media_type, size=len(content), sha256=digest)
        self.tell(Artifact(file=file))
        return file


def keeping_report(told: list[Progress | Log | Artifact], task_id: str = "") -> KeepingReport:
    def no_renewal(renewal: str) -> UploadGrant | DownloadGrant:
        raise AssertionError("no link ran out in this test")

    given = job(task_id=task_id or secrets.token_hex(8), upload=upload_grant(max_bytes=10_000_000))
    report = KeepingReport(given, BEAT, "w@h", told.append, no_renewal, lambda: RedisHealth(reachable=True))
    report.contents = {}
    return report


@pytest.fixture(scope="session")
def image() -> Path:
    return sandboxes.image()


@pytest.fixture(scope="session")
def interpreters(image: Path) -> Iterator[Standby]:
    standby = Standby(image, Limits(memory_mb=512, output_bytes=20_000))
    standby.open()
    yield standby
    standby.close()


@pytest.fixture(scope="session")
def sandbox(image: Path, interpreters: Standby) -> Sandbox:
    return Sandbox(Manifest.read(image), interpreters, interpreters.limits)


@pytest.fixture
def slot(interpreters: Standby) -> Iterator[Slot]:
    taken = interpreters.take(120)
    yield taken
    taken.kill()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path, "ada-thread-1", b"k" * 32)
