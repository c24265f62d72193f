"""What a task's body may tell and ask while it runs."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final, Literal

from pydantic import JsonValue

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant
from neuroagent.task_schemas.jobs import Job, SessionTerms, WorkerBeat
from neuroagent.tasks import transfer

BETWEEN_PROGRESS: Final = 0.1  # seconds: a person sees no more, and Redis carries no more


class AskPerson(Exception):
    """Raised by a body that needs a person's word: the attempt ends here, and the answer starts the next one."""

    def __init__(self, question: JsonValue) -> None:
        super().__init__("waiting for a person")
        self.question = question


@dataclass(frozen=True)
class RedisHealth:
    reachable: bool
    version: str = ""
    milliseconds: float = 0


@dataclass
class Session:
    """The session that a job goes on with: what the run before left, and what this one leaves."""

    terms: SessionTerms
    fetch: Callable[[StoredFile, Path], None]
    renew: Callable[[str], UploadGrant | DownloadGrant]
    name: str
    """Of this attempt's state: two attempts never write the same file."""

    left: StoredFile | None = field(default=None, init=False)

    @property
    def id(self) -> str:
        """A session is one person's alone: its id stands for both."""
        return self.terms.id

    @property
    def key(self) -> bytes:
        return bytes.fromhex(self.terms.key)

    def load(self) -> bytes | None:
        if self.terms.state is None:
            return None
        with TemporaryDirectory() as folder:
            file = Path(folder) / "state"
            self.fetch(self.terms.state, file)
            return file.read_bytes()

    def save(self, state: bytes) -> None:
        """It counts once the task's answer does."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "state"
            file.write_bytes(state)
            self.left = transfer.upload(
                self.terms.upload, file, name=self.name, media_type=transfer.ANY_BYTES, renew=self.renew
            )


def _no_link_again(_: str) -> str:
    raise TaskError("The link ran out, and there is nobody to ask for another.")


@dataclass
class Report:
    """Given to every body; a test of a body can pass its own."""

    job: Job
    worker: WorkerBeat
    worker_name: str
    tell: Callable[[Progress | Log | Artifact], None]
    renew: Callable[[str], UploadGrant | DownloadGrant]
    redis_health: Callable[[], RedisHealth]
    stop_reason: Callable[[], str] = str
    renew_link: Callable[[str], str] = _no_link_again
    session: Session | None = field(default=None, init=False)
    _fraction: float = field(default=0.0, init=False)
    _told_at: float = field(default=0.0, init=False)
    _pending: Progress | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.job.session is not None:
            name = f"{self.job.task_id}-{secrets.token_hex(8)}.state"
            self.session = Session(self.job.session, self.fetch, self.renew, name)

    def __call__(self, text: str, fraction: float | None = None) -> None:
        """Say what is going on: `report("opening the circuit", 0.2)`; it never goes back, and never floods."""
        self._fraction = max(self._fraction, min(fraction or 0.0, 1.0))
        self._pending = Progress(
            text=text[:2_000], fraction=self._fraction if self._fraction or fraction == 0 else None
        )
        if monotonic() - self._told_at >= BETWEEN_PROGRESS:
            self.flush()

    def flush(self) -> None:
        """Tell what was held back."""
        if self._pending is not None:
            self.tell(self._pending)
            self._pending, self._told_at = None, monotonic()

    def log(self, text: str, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        self.flush()
        self.tell(Log(text=text[:64_000], stream=stream))

    @property
    def answer(self) -> JsonValue:
        """What the person said to `AskPerson`; None in the first attempt."""
        return self.job.answer

    @property
    def should_stop(self) -> bool:
        """Whether the task was cancelled; a body in the worker's main thread is interrupted anyway."""
        return bool(self.stop_reason())

    def store(self, path: Path, *, name: str, media_type: str) -> StoredFile:
        """Put a file where the person can get it, and say so at once."""
        file = transfer.upload(self.job.upload, path, name=name, media_type=media_type, renew=self.renew)
        self.flush()
        self.tell(Artifact(file=file))
        return file

    def fetch(self, file: StoredFile, to: Path) -> None:
        """Get a file that the job names."""
        grant = self.job.downloads.get(file.key)
        if grant is None:
            raise TaskError(f"The job has no leave to read {file.name!r}; it was not among the files of its input.")
        transfer.download(grant, to, renew=self.renew)
