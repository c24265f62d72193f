"""Jobs as the app sends them, for tests of the worker's side."""

from datetime import UTC, datetime, timedelta
from typing import Any

from neuroagent.task_schemas.events import Started
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant
from neuroagent.task_schemas.jobs import Job, WorkerBeat

BEAT = WorkerBeat(started_at=datetime.now(UTC), queues=["default_q"], families=["system"], version="0")


STARTED = Started(at=datetime.now(UTC), worker="w@h", trace_id="t", attempt=0)


def upload_grant(url: str = "http://127.0.0.1:1/files", **changes: Any) -> UploadGrant:
    until = datetime.now(UTC) + timedelta(hours=1)
    grant = UploadGrant(url=url, fields={}, prefix="tasks/1/", max_bytes=1000, expires_at=until, renewal="r")
    return grant.model_copy(update=changes)


def download_grant(file: StoredFile, url: str) -> DownloadGrant:
    return DownloadGrant(file=file, url=url, expires_at=datetime.now(UTC) + timedelta(hours=1), renewal="r")


def job(given: Any = None, **changes: Any) -> Job:
    made = Job(
        task_id="1", trace_id="t", input={} if given is None else given, upload=upload_grant(), inbox="inbox:test"
    )
    return made.model_copy(update=changes)
