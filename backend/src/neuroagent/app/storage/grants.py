"""Leave for a task's worker to read and write its files, and its renewal without keeping a list of what was given."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from neuroagent.app.storage.base import Storage, now
from neuroagent.app.storage.errors import KeyRefused, StorageError
from neuroagent.app.storage.keys import check_key, check_prefix
from neuroagent.app.storage.settings import StorageSettings
from neuroagent.app.storage.signing import Signer, seal, unseal
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant


class GrantRefused(StorageError):
    status = HTTPStatus.FORBIDDEN
    code = "grant_refused"


class _Leave(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    task_id: str
    until: int


class _UploadLeave(_Leave):
    kind: Literal["upload"] = "upload"
    prefix: str
    max_bytes: int


class _DownloadLeave(_Leave):
    kind: Literal["download"] = "download"
    file: StoredFile


_leave: Final = TypeAdapter[_UploadLeave | _DownloadLeave](
    Annotated[_UploadLeave | _DownloadLeave, Field(discriminator="kind")]
)


def task_prefix(task_id: str) -> str:
    """Where a task's own files lie; a file that a worker reports must lie there."""
    if "/" in task_id:
        raise KeyRefused(f"The task id {task_id!r} is not one name.")
    return check_prefix(f"tasks/{task_id}/")


def session_prefix(session_id: str, task_id: str = "") -> str:
    """Where the states of a session lie, or those that one task left; a person's own tasks can't name a file there."""
    return check_prefix(f"sessions/{session_id}/{task_id}/" if task_id else f"sessions/{session_id}/")


class Grants:
    """Gives leave. Whether the task still runs is for the caller to know."""

    def __init__(
        self, storage: Storage, secret: bytes, settings: StorageSettings, clock: Callable[[], datetime] = now
    ) -> None:
        self._storage = storage
        self._settings = settings
        self._renewals = Signer.for_purpose(secret, "renewal")
        self._clock = clock

    def upload(self, task_id: str) -> UploadGrant:
        """To store files under the task's own prefix."""
        max_bytes = self._settings.max_upload_bytes
        leave = _UploadLeave(task_id=task_id, until=self._until(), prefix=task_prefix(task_id), max_bytes=max_bytes)
        return self._upload_grant(leave)

    def session(self, session_id: str, task_id: str) -> UploadGrant:
        """To leave a state for the next task."""
        prefix, max_bytes = session_prefix(session_id, task_id), self._settings.max_upload_bytes
        return self._upload_grant(
            _UploadLeave(task_id=task_id, until=self._until(), prefix=prefix, max_bytes=max_bytes)
        )

    def download(self, file: StoredFile, task_id: str) -> DownloadGrant:
        """To read one file. That the task's person may read it is for the caller to know."""
        check_key(file.key)
        return self._download_grant(_DownloadLeave(task_id=task_id, until=self._until(), file=file))

    def renew(self, renewal: str, task_id: str) -> UploadGrant | DownloadGrant:
        """Sign again what was signed once, for that task only."""
        sealed, _, signature = renewal.rpartition(".")
        if not self._renewals.verifies(signature, sealed):
            raise GrantRefused("This renewal is not one that the app gave out.")
        leave = _leave.validate_json(unseal(sealed))
        if leave.task_id != task_id:
            raise GrantRefused(f"This renewal was given to another task than {task_id!r}.")
        if self._clock().timestamp() >= leave.until:
            raise GrantRefused(f"Task {task_id!r} got its links too long ago to renew them; submit it again.")
        return self._upload_grant(leave) if isinstance(leave, _UploadLeave) else self._download_grant(leave)

    def _upload_grant(self, leave: _UploadLeave) -> UploadGrant:
        expires_at = self._expiry()
        form = self._storage.upload_form(
            leave.prefix, max_bytes=leave.max_bytes, audience="worker", lifetime=self._settings.link_lifetime
        )
        return UploadGrant(
            url=form.url,
            fields=form.fields,
            prefix=leave.prefix,
            max_bytes=leave.max_bytes,
            expires_at=expires_at,
            renewal=self._token(leave),
        )

    def _download_grant(self, leave: _DownloadLeave) -> DownloadGrant:
        expires_at = self._expiry()
        file = leave.file
        url = self._storage.download_link(
            file.key,
            name=file.name,
            media_type=file.media_type,
            audience="worker",
            lifetime=self._settings.link_lifetime,
        )
        return DownloadGrant(file=file, url=url, expires_at=expires_at, renewal=self._token(leave))

    def _token(self, leave: _UploadLeave | _DownloadLeave) -> str:
        sealed = seal(leave.model_dump_json())
        return f"{sealed}.{self._renewals.sign(sealed)}"

    def _until(self) -> int:
        return int((self._clock() + self._settings.renewal_lifetime).timestamp())

    def _expiry(self) -> datetime:
        """In whole seconds and read before the link is signed: it never claims more than the link holds."""
        return datetime.fromtimestamp(int(self._clock().timestamp()), UTC) + self._settings.link_lifetime
