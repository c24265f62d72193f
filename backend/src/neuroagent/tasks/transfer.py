"""Files between a worker and the store, over signed links; the standard library is all it takes."""

import hashlib
import os
import re
import secrets
import ssl
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import BinaryIO, Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant

CHUNK: Final = 2**18
PATIENCE: Final = 30.0  # seconds without a byte
PAUSES: Final = (0.2, 1.0, 3.0)  # before each further try
ABOUT_TO_EXPIRE: Final = timedelta(seconds=30)
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_NAME: Final = 150  # bytes, so that prefix and name together stay a key
ANY_BYTES: Final = "application/octet-stream"

_media_type = re.compile(r"[a-z0-9][a-z0-9.+-]{0,80}/[a-z0-9][a-z0-9.+-]{0,80}(; ?charset=[a-z0-9-]{1,40})?", re.ASCII)
_sentence = re.compile(r'<Message>([^<]{1,300})|"message": ?"([^"]{1,300})')

Renew = Callable[[str], UploadGrant | DownloadGrant]
Grant = TypeVar("Grant", UploadGrant, DownloadGrant)
T = TypeVar("T")

#   TransferError
#   ├── TransferRefused      the store says no, and would again
#   ├── TransferFailed       the store couldn't be reached, after several tries
#   ├── TooLarge             more bytes than the grant allows
#   └── Corrupted            what came is not what was stored


class TransferError(TaskError):
    """The message may be shown to a person; it never quotes a signed link."""


class TransferRefused(TransferError):
    pass


class TransferFailed(TransferError):
    pass


class TooLarge(TransferError):
    pass


class Corrupted(TransferError):
    pass


class _Passing(Exception):
    """Worth another try."""


class _Forbidden(Exception):
    """Worth another link: expired is one of the things that 403 means."""


def download(grant: DownloadGrant, to: Path, *, renew: Renew) -> None:
    """Fetch the file; `to` exists only once every byte of it is known to be right."""
    handle, name = tempfile.mkstemp(dir=to.parent, prefix=".download-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _persistently(grant, renew, lambda fresh: _fetch(fresh, file))
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


def upload(grant: UploadGrant, path: Path, *, name: str, media_type: str, renew: Renew) -> StoredFile:
    """Store the file under the grant's prefix and a safe form of the name."""
    size = path.stat().st_size
    if size > grant.max_bytes:
        raise TooLarge(f"{name!r} has {size} bytes; at most {grant.max_bytes} can be stored.")
    sent = _persistently(grant, renew, lambda fresh: _send(fresh, path, size, safe_name(name)))
    kind = media_type.lower() if _media_type.fullmatch(media_type.lower()) else ANY_BYTES
    return StoredFile(key=sent.key, name=safe_name(name), media_type=kind, size=size, sha256=sent.sha256)


def safe_name(name: str) -> str:
    """One path segment that every file system, form and header takes, as like the given name as that allows."""
    plain = unicodedata.normalize("NFKC", name)
    kept = "".join(letter if _is_harmless(letter) else "_" for letter in plain).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not stem or len(ending.encode()) > LONGEST_NAME // 4:
        stem, dot, ending = kept, "", ""
    room = LONGEST_NAME - len((dot + ending).encode())
    return (stem.encode()[:room].decode(errors="ignore").strip(" .") + dot + ending) or "file"


def _is_harmless(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN" or letter in " ._()+,=@-"


def _persistently(grant: Grant, renew: Renew, attempt: Callable[[Grant], T]) -> T:
    """Try again what may pass, and ask for one other link when this one has run out."""
    renewable = True
    if grant.expires_at - datetime.now(UTC) < ABOUT_TO_EXPIRE:
        grant, renewable = _renewed(grant, renew), False
    pauses = iter(PAUSES)
    while True:
        try:
            return attempt(grant)
        except _Forbidden as refusal:
            if not renewable:
                raise TransferRefused(f"The store refused the link, also after it was renewed: {refusal}") from refusal
            grant, renewable = _renewed(grant, renew), False
        except _Passing as trouble:
            pause = next(pauses, None)
            if pause is None:
                raise TransferFailed(
                    f"The store can't be reached, after {len(PAUSES) + 1} tries: {trouble}"
                ) from trouble
            time.sleep(pause)


def _renewed(grant: Grant, renew: Renew) -> Grant:
    fresh = renew(grant.renewal)
    if not isinstance(fresh, type(grant)):
        raise TransferRefused(f"Asked for another link, the app gave a {type(fresh).__name__}.")
    return fresh


def _fetch(grant: DownloadGrant, file: BinaryIO) -> None:
    place = _place(grant.url)
    with _connection(place) as connection:
        connection.request("GET", _target(place), headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        _refuse_unless_good(answer)
        _take(answer, grant.file, file)


def _take(answer: HTTPResponse, expected: StoredFile, file: BinaryIO) -> None:
    file.seek(0)
    file.truncate()
    digest, size = hashlib.sha256(), 0
    while chunk := answer.read(CHUNK):
        size += len(chunk)
        if size > expected.size:
            raise Corrupted(f"{expected.name!r} should have {expected.size} bytes, and more came.")
        digest.update(chunk)
        file.write(chunk)
    if size < expected.size and answer.length:
        raise _Passing(f"the connection broke off after {size} of {expected.size} bytes")
    if size < expected.size or digest.hexdigest() != expected.sha256:
        raise Corrupted(f"{expected.name!r} came with {size} bytes that are not those that were stored.")
    file.flush()


@dataclass(frozen=True)
class _Sent:
    key: str
    sha256: str


def _send(grant: UploadGrant, path: Path, size: int, name: str) -> _Sent:
    key, place, boundary = grant.prefix + name, _place(grant.url), secrets.token_hex(16)
    head, tail = _form(grant.fields | {"key": key}, boundary), f"\r\n--{boundary}--\r\n".encode()
    with path.open("rb") as file, _connection(place) as connection:
        connection.putrequest("POST", _target(place))
        connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
        connection.putheader("Content-Length", str(len(head) + size + len(tail)))
        connection.endheaders()
        digest, whole = hashlib.sha256(), False
        # A store that refuses may close before it has read everything; what it said is still there to be read.
        with suppress(ConnectionError):
            connection.send(head)
            for chunk in _exactly(file, size):
                digest.update(chunk)
                connection.send(chunk)
            connection.send(tail)
            whole = True
        _refuse_unless_good(connection.getresponse())
    if not whole:
        raise _Passing(f"{place.hostname} stopped listening")
    return _Sent(key, digest.hexdigest())


def _exactly(file: BinaryIO, size: int) -> Iterator[bytes]:
    """As many bytes as were announced, whatever happens to the file meanwhile."""
    while size:
        chunk = file.read(min(CHUNK, size))
        if not chunk:
            raise TransferFailed(f"{Path(file.name).name!r} became shorter while it was sent; write it, then store it.")
        size -= len(chunk)
        yield chunk


def _form(fields: dict[str, str], boundary: str) -> bytes:
    """Everything of the form up to the file's bytes; the file comes last."""
    disposition = f"--{boundary}\r\nContent-Disposition: form-data; name="
    parts = [f'{disposition}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    parts.append(f'{disposition}"file"; filename="file"\r\nContent-Type: {ANY_BYTES}\r\n\r\n')
    return "".join(parts).encode()


def _place(url: str) -> SplitResult:
    place = urlsplit(url)
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise TransferRefused(f"A link to the store starts with http:// or https://, not with {place.scheme!r}.")
    return place


def _target(place: SplitResult) -> str:
    return f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"


@contextmanager
def _connection(place: SplitResult) -> Iterator[HTTPConnection]:
    """One request's connection; no proxy, no redirect, no cookie: the link says where to go, and nothing else does."""
    host = place.hostname or ""
    if place.scheme == "https":
        tls = ssl.create_default_context()
        connection: HTTPConnection = HTTPSConnection(host, place.port, timeout=PATIENCE, context=tls)
    else:
        connection = HTTPConnection(host, place.port, timeout=PATIENCE)
    try:
        _connect(connection)
        yield connection
    except ssl.SSLCertVerificationError as error:
        raise TransferRefused(f"{host} can't prove that it is the store: {error.verify_message}.") from error
    except (ConnectionError, TimeoutError, ssl.SSLError, HTTPException) as error:
        raise _Passing(f"{host}: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()


def _connect(connection: HTTPConnection) -> None:
    """Apart from the rest, where an OSError may just as well be this machine's full disk."""
    try:
        connection.connect()
    except ssl.SSLCertVerificationError:
        raise
    except OSError as error:
        raise _Passing(f"{connection.host}: {str(error) or type(error).__name__}") from error


def _refuse_unless_good(answer: HTTPResponse) -> None:
    status = answer.status
    if status in range(200, 300):
        return
    said = answer.read(2000).decode(errors="replace")
    if status == HTTPStatus.FORBIDDEN:  # what stores say of an expired link
        raise _Forbidden(_reason(said))
    if status in PASSING:
        raise _Passing(f"it answered {status}")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or "EntityTooLarge" in said:  # S3 says 400, and that word
        raise TooLarge("The store says that the file is too large.")
    if status in range(300, 400):
        raise TransferRefused("The store redirects elsewhere; a link to it is not followed any further.")
    raise TransferRefused(f"The store refused with {status}: {_reason(said)}")


def _reason(said: str) -> str:
    """Only the sentence: stores quote the whole signed request beside it."""
    found = _sentence.search(said)
    return found.group(1) or found.group(2) if found else "it gave no reason"
