"""Everything the store refuses, with the status and the code a client sees."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from neuroagent.app.errors import AppError

#   StorageError
#   ├── KeyRefused           a key that could leave its folder, or be read in two ways
#   ├── KeyTaken             a key below a file, or a key that other files lie below
#   ├── StoredFileNotFound
#   ├── FileTooLarge
#   ├── LinkRefused          a link or a form that the app never signed
#   │   └── LinkExpired
#   ├── FormRefused          a form that isn't one
#   ├── UploadStalled
#   ├── GrantRefused         in grants.py: a renewal that the app never signed, for another task, or after its time
#   └── StoreUnavailable     the store itself can't be reached or used


class StorageError(AppError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "storage_failed"
    headers: ClassVar[Mapping[str, str]] = {"connection": "close"}  # a refused upload may have more bytes on their way


class KeyRefused(StorageError):
    status = HTTPStatus.FORBIDDEN
    code = "key_refused"


class KeyTaken(StorageError):
    status = HTTPStatus.CONFLICT
    code = "key_taken"


class StoredFileNotFound(StorageError):
    status = HTTPStatus.NOT_FOUND
    code = "file_not_found"

    def __init__(self, key: str) -> None:
        super().__init__(f"No file is stored under {key!r}; it may have been deleted.")


class FileTooLarge(StorageError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "file_too_large"

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The file is larger than the {max_bytes} bytes allowed here; send a smaller one.")


class LinkRefused(StorageError):
    status = HTTPStatus.FORBIDDEN
    code = "link_refused"


class LinkExpired(LinkRefused):
    code = "link_expired"


class FormRefused(StorageError):
    status = HTTPStatus.BAD_REQUEST
    code = "form_malformed"


class UploadStalled(StorageError):
    status = HTTPStatus.REQUEST_TIMEOUT
    code = "upload_stalled"


class StoreUnavailable(StorageError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "store_unavailable"
