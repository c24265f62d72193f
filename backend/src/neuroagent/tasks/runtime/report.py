"""What a task's body may tell and ask while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Log, Progress
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant
from neuroagent.task_schemas.jobs import Job, WorkerBeat
from neuroagent.tasks import transfer


@dataclass(frozen=True)
class RedisHealth:
    reachable: bool
    version: str = ""
    milliseconds: float = 0


@dataclass(frozen=True)
class Report:
    """Given to every body; a test of a body can pass its own."""

    job: Job
    worker: WorkerBeat
    worker_name: str
    tell: Callable[[Progress | Log], None]
    renew: Callable[[str], UploadGrant | DownloadGrant]
    redis_health: Callable[[], RedisHealth]

    def __call__(self, text: str, fraction: float | None = None) -> None:
        """Say what is going on: `report("opening the circuit", 0.2)`."""
        self.tell(Progress(text=text, fraction=fraction))

    def store(self, path: Path, *, name: str, media_type: str) -> StoredFile:
        """Put a file where the person can get it."""
        return transfer.upload(self.job.upload, path, name=name, media_type=media_type, renew=self.renew)

    def fetch(self, file: StoredFile, to: Path) -> None:
        """Get a file that the job names."""
        grant = self.job.downloads.get(file.key)
        if grant is None:
            raise TaskError(f"The job has no leave to read {file.name!r}; it was not among the files of its input.")
        transfer.download(grant, to, renew=self.renew)
