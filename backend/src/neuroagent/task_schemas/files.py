"""Large things travel as a stored file and a signed link; a worker never holds a key to the store."""

from pydantic import AwareDatetime, Field

from neuroagent.task_schemas.contract import Message


class StoredFile(Message):
    """A file in the store, by the key it lies under."""

    key: str = Field(min_length=1, max_length=900, examples=["tasks/01J9…/report.csv"])
    name: str = Field(min_length=1, max_length=200, examples=["report.csv"])
    media_type: str = Field(max_length=200, examples=["text/csv"])
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class DownloadGrant(Message):
    """Leave to read one file until the link runs out; `renewal` gets another link while the task runs."""

    file: StoredFile
    url: str
    expires_at: AwareDatetime
    renewal: str


class UploadGrant(Message):
    """Leave to store files under one prefix, each within the cap.

    Used like a browser form: POST `fields`, then `key` (the prefix and a name), then `file`, as multipart/form-data.
    The store itself holds the worker to prefix, size and expiry.
    """

    url: str
    fields: dict[str, str]
    prefix: str
    max_bytes: int = Field(gt=0)
    expires_at: AwareDatetime
    renewal: str
