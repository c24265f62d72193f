"""Files of people and of tasks: kept on disk or in S3, reached by signed links that run out."""

from neuroagent.app.storage.base import Form, Saved, Storage
from neuroagent.app.storage.disk import DiskStorage
from neuroagent.app.storage.errors import StorageError
from neuroagent.app.storage.grants import Grants, session_prefix
from neuroagent.app.storage.settings import StorageSettings

__all__ = [
    "DiskStorage",
    "Form",
    "Grants",
    "Saved",
    "Storage",
    "StorageError",
    "StorageSettings",
    "open_storage",
    "session_prefix",
]


def open_storage(settings: StorageSettings, secret: bytes) -> Storage:
    """The store that the settings name; `ready()` tells whether it can be used."""
    if settings.backend == "s3":
        from neuroagent.app.storage.s3 import S3Storage  # noqa: PLC0415 - boto3 costs half a second; only who uses it pays

        return S3Storage(settings)
    if settings.folder is None:
        raise ValueError("A store on disk needs a folder: set storage.folder.")
    return DiskStorage(settings.folder, settings, secret)
