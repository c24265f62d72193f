"""Bytes from behind a link, as they come; no proxy, no redirect, no cookie: the link says where to go."""

import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import Final

from neuroagent.task_schemas.circuit import CircuitLink
from neuroagent.task_schemas.errors import ExternalService
from neuroagent.task_schemas.files import DownloadGrant, UploadGrant
from neuroagent.tasks.circuit.errors import BadFile, LinkExpired, LinkRefused, TookTooLong, TooLarge
from neuroagent.tasks.circuit.links import Destination, LinkRules, destination, unchecked

CHUNK: Final = 2**20
CONNECTING: Final = 10.0
SILENCE: Final = 30.0  # seconds without a byte
ALL_OF_IT: Final = 900.0
MOST_BYTES: Final = 64 * 2**30
ABOUT_TO_EXPIRE: Final = timedelta(seconds=30)
EXPIRED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
SERVICE: Final = "download"

RenewLink = Callable[[str], CircuitLink]
RenewGrant = Callable[[str], UploadGrant | DownloadGrant]


@dataclass(frozen=True)
class Limits:
    bytes: int = MOST_BYTES
    seconds: float = ALL_OF_IT
    silence: float = SILENCE


@dataclass
class Download:
    """An answer whose headers are here and whose body is still to come.

    `content` names the bytes for a cache: two downloads with the same have the same; empty where nothing says so.
    """

    name: str
    content: str
    answer: HTTPResponse
    connection: HTTPConnection
    limits: Limits
    sha256: str = ""

    def chunks(self) -> Iterator[bytes]:
        """To the end, or as far as anybody reads; at the end it is known whether all of it came."""
        digest, count, deadline = hashlib.sha256(), 0, monotonic() + self.limits.seconds
        while chunk := self._read():
            count += len(chunk)
            if count > self.limits.bytes:
                raise TooLarge(f"{self.name!r} has more than {self.limits.bytes} bytes.")
            if monotonic() > deadline:
                raise TookTooLong(f"{self.name!r} didn't come within {self.limits.seconds:.0f} s.")
            if self.sha256:
                digest.update(chunk)
            yield chunk
        if self.answer.length:
            raise ExternalService(f"The connection broke off after {count} bytes of {self.name!r}.", SERVICE)
        if self.sha256 and digest.hexdigest() != self.sha256:
            raise BadFile(f"{self.name!r} came with bytes that are not those that were stored.")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> "Download":  # noqa: PYI034 - never subclassed
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> bytes:
        try:
            return self.answer.read1(CHUNK)
        except (OSError, HTTPException) as error:
            raise ExternalService(f"The connection broke off while {self.name!r} came.", SERVICE) from error


def open_link(
    link: CircuitLink, rules: LinkRules, renew: RenewLink | None = None, limits: Limits = Limits()
) -> Download:
    """The link has been accepted when this returns: a cached copy may be served as well."""
    renewable = bool(link.renewal) and renew is not None
    if renew is not None and renewable and link.expires_at and link.expires_at - datetime.now(UTC) < ABOUT_TO_EXPIRE:
        link, renewable = renew(link.renewal), False
    download = _opened(destination(link.url, rules), link.name, limits)
    if download.answer.status in EXPIRED and renew is not None and renewable:
        download.close()
        download = _opened(destination(renew(link.renewal).url, rules), link.name, limits)
    _refuse_unless_good(download)
    return download


def open_grant(grant: DownloadGrant, renew: RenewGrant, limits: Limits = Limits()) -> Download:
    """A file of our own store, which knows what its bytes are."""
    download = _opened(unchecked(grant.url), grant.file.name, limits)
    if download.answer.status in EXPIRED:
        download.close()
        fresh = renew(grant.renewal)
        if not isinstance(fresh, DownloadGrant) or fresh.file != grant.file:
            raise LinkExpired(f"The link to {grant.file.name!r} ran out, and another was given for something else.")
        download = _opened(unchecked(fresh.url), grant.file.name, limits)
    _refuse_unless_good(download)
    # The key is in the name because who submits a job says the digest: with another's digest he would get his table.
    download.content, download.sha256 = f"sha256:{grant.file.sha256}:{grant.file.key}", grant.file.sha256
    return download


def _opened(to: Destination, name: str, limits: Limits) -> Download:
    connection: HTTPConnection = _Pinned(to, limits) if not to.tls else _PinnedTls(to, limits)
    try:
        connection.request("GET", to.target, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
    except ssl.SSLCertVerificationError as error:
        connection.close()
        raise LinkRefused(f"{to.host} can't prove that it is {to.host}: {error.verify_message}.") from error
    except (OSError, HTTPException, ValueError) as error:
        connection.close()
        raise ExternalService(
            f"{to.host} can't be reached: {str(error)[:200] or type(error).__name__}.", to.host
        ) from error
    return Download(name, _content(to, answer), answer, connection, limits)


def _content(to: Destination, answer: HTTPResponse) -> str:
    """A strong ETag means the same bytes of this path; a weak one means something alike.

    Without the path two files of one size and one second would be the same to a host that makes its ETags of those.
    """
    etag = answer.headers.get("ETag", "")
    if not etag.startswith('"') or not etag.endswith('"') or not 3 <= len(etag) <= 500:  # noqa: PLR2004 - quotes and text
        return ""
    path = to.target.partition("?")[0]  # what follows is the signature, which is another each time
    return f"etag:{to.host}:{to.port}:{path}:{answer.headers.get('Content-Length', '')}:{etag}"


def _refuse_unless_good(download: Download) -> None:
    status, name = download.answer.status, download.name
    if status == HTTPStatus.OK:
        length = download.answer.length or 0
        if length <= download.limits.bytes:
            return
        download.close()
        raise TooLarge(f"{name!r} has {length} bytes; at most {download.limits.bytes} are fetched.")
    download.close()
    if status in EXPIRED:
        raise LinkExpired(f"The link to {name!r} is not accepted (any more): the host answered {status}.")
    if status in PASSING:
        raise ExternalService(f"The host of {name!r} answered {status}.", SERVICE)
    if status in range(300, 400):
        raise LinkRefused(f"The link to {name!r} leads on to another one; give the one that it ends at.")
    raise LinkRefused(f"The host of {name!r} answered {status}.")


class _Pinned(HTTPConnection):
    """To the address that was looked at."""

    def __init__(self, to: Destination, limits: Limits) -> None:
        super().__init__(to.host, to.port, timeout=CONNECTING)
        self._to, self._silence = to, limits.silence

    def connect(self) -> None:
        self.sock = _socket(self._to, self._silence)


class _PinnedTls(HTTPSConnection):
    """To the address that was looked at, with the certificate of the name that was asked for."""

    def __init__(self, to: Destination, limits: Limits) -> None:
        super().__init__(to.host, to.port, timeout=CONNECTING)
        self._to, self._silence = to, limits.silence

    def connect(self) -> None:
        plain = _socket(self._to, self._silence)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._to.host)


def _socket(to: Destination, silence: float) -> socket.socket:
    made = socket.create_connection((to.address, to.port), timeout=CONNECTING)
    made.settimeout(silence)
    return made
