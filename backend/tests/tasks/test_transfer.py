import hashlib
import os
import re
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import trustme
from s3_server import s3_server
from stores import MEBIBYTE, Store, bytes_of, chunks, disk_store, s3_store

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant
from neuroagent.tasks import transfer
from neuroagent.tasks.transfer import (
    Corrupted,
    TooLarge,
    TransferFailed,
    TransferRefused,
    download,
    safe_name,
    upload,
)

CONTENT = b"content"
HOUR = timedelta(hours=1)
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncontent"
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
TASK = "01J9"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture(params=["disk", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "disk":
        with disk_store(tmp_path / "store", 64 * MEBIBYTE) as disk:
            yield disk
    else:
        with s3_server() as server:
            async with s3_store(server, 64 * MEBIBYTE) as s3:
                yield s3


class Peer:
    """A store that says, connection by connection, what it was told to say; then it is gone."""

    def __init__(
        self, answers: list[bytes], tls: ssl.SSLContext | None, on_request: Callable[[], None], *, hasty: bool
    ) -> None:
        self.requests: list[bytes] = []
        self._answers = answers
        self._tls = tls
        self._on_request = on_request
        self._hasty = hasty
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}/file?signature=secret"

    def serve(self) -> None:
        with self._listener, suppress(OSError):  # closed before its last answer: the test is over
            for answer in self._answers:
                plain, _ = self._listener.accept()
                with plain, suppress(OSError):
                    self._talk(plain, answer)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)

    def _talk(self, plain: socket.socket, answer: bytes) -> None:
        with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
            request = self._read(connection)
            self.requests.append(request)
            connection.sendall(answer)

    def _read(self, connection: socket.socket) -> bytes:
        file = connection.makefile("rb")
        head = b"".join(iter(file.readline, b"\r\n"))
        self._on_request()
        length = re.search(rb"Content-Length: (\d+)", head)
        return head + (file.read(int(length[1])) if length and not self._hasty else b"")


@contextmanager
def peer(
    *answers: bytes,
    tls: ssl.SSLContext | None = None,
    on_request: Callable[[], None] = lambda: None,
    hasty: bool = False,
) -> Iterator[Peer]:
    told = Peer(list(answers), tls, on_request, hasty=hasty)
    thread = Thread(target=told.serve)
    thread.start()
    try:
        yield told
    finally:
        told.close()
        thread.join()


def stored(content: bytes = CONTENT) -> StoredFile:
    sha256 = hashlib.sha256(content).hexdigest()
    return StoredFile(key="people/ada/in", name="in", media_type="text/csv", size=len(content), sha256=sha256)


def in_an_hour() -> datetime:
    return datetime.now(UTC) + HOUR


def to_read(url: str, content: bytes = CONTENT, expires_at: datetime | None = None) -> DownloadGrant:
    return DownloadGrant(file=stored(content), url=url, expires_at=expires_at or in_an_hour(), renewal="r")


def to_write(url: str, max_bytes: int = 64 * MEBIBYTE) -> UploadGrant:
    return UploadGrant(
        url=url, fields={"policy": "p"}, prefix="tasks/1/", max_bytes=max_bytes, expires_at=in_an_hour(), renewal="r"
    )


def no_renewal(renewal: str) -> UploadGrant | DownloadGrant:
    pytest.fail(f"{renewal} did not have to be renewed")


class Renewing:
    """Gives this grant, and counts."""

    def __init__(self, grant: UploadGrant | DownloadGrant) -> None:
        self.grant = grant
        self.asked: list[str] = []

    def __call__(self, renewal: str) -> UploadGrant | DownloadGrant:
        self.asked.append(renewal)
        return self.grant


async def test_a_file_is_downloaded_whole(store: Store, tmp_path: Path) -> None:
    content = os.urandom(3 * MEBIBYTE)
    await store.storage.save("people/ada/in", chunks(content))

    download(store.grants.download(stored(content), TASK), tmp_path / "in", renew=no_renewal)

    assert (tmp_path / "in").read_bytes() == content


async def test_an_expired_download_is_renewed_by_the_app(store: Store, tmp_path: Path) -> None:
    def renew(renewal: str) -> UploadGrant | DownloadGrant:
        store.skip(-HOUR)
        return store.grants.renew(renewal, TASK)

    await store.storage.save("people/ada/in", chunks(CONTENT))
    grant = store.grants.download(stored(), TASK)
    store.skip(HOUR)  # for the store only: the worker's clock goes slow, and the refusal is what tells it

    download(grant, tmp_path / "in", renew=renew)

    assert (tmp_path / "in").read_bytes() == CONTENT
    assert store.clock.ahead == timedelta()


async def test_a_file_is_uploaded_under_the_tasks_prefix(store: Store, tmp_path: Path) -> None:
    content = os.urandom(3 * MEBIBYTE)
    (tmp_path / "out").write_bytes(content)

    file = upload(store.grants.upload(TASK), tmp_path / "out", name="out.bin", media_type="image/png", renew=no_renewal)

    assert file == StoredFile(
        key=f"tasks/{TASK}/out.bin",
        name="out.bin",
        media_type="image/png",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    assert await bytes_of(store.storage, file.key) == content


async def test_an_empty_file_is_uploaded(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").touch()

    file = upload(store.grants.upload(TASK), tmp_path / "out", name="out", media_type="text/csv", renew=no_renewal)

    assert (file.size, await bytes_of(store.storage, file.key)) == (0, b"")


@pytest.mark.parametrize("size", [10, 30 * MEBIBYTE])
async def test_an_expired_upload_is_renewed_also_when_the_store_hangs_up_early(
    store: Store, tmp_path: Path, size: int
) -> None:
    (tmp_path / "out").write_bytes(bytes(size))
    grant = store.grants.upload(TASK)
    expired = grant.model_copy(update={"fields": grant.fields | dict.fromkeys(grant.fields, "tampered")})
    renew = Renewing(grant)

    file = upload(expired, tmp_path / "out", name="out", media_type="text/csv", renew=renew)

    assert renew.asked == [grant.renewal]
    assert await store.storage.size(file.key) == size


async def test_a_store_that_finds_the_file_too_large_is_believed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(bytes(200_000))
    form = store.storage.upload_form("tasks/1/", max_bytes=1000, audience="worker", lifetime=HOUR)
    lying = to_write(form.url).model_copy(update={"fields": form.fields})

    with pytest.raises(TooLarge):
        upload(lying, tmp_path / "out", name="out", media_type="text/csv", renew=no_renewal)

    assert store.keys() == []


def test_a_file_larger_than_granted_is_not_even_sent(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(bytes(11))

    with pytest.raises(TooLarge, match="'out' has 11 bytes; at most 10"):
        upload(to_write("http://nobody.invalid/", 10), tmp_path / "out", name="out", media_type="", renew=no_renewal)


def test_a_large_file_passes_through_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        file.truncate(60 * MEBIBYTE)
    with disk_store(tmp_path / "store", 64 * MEBIBYTE) as store:
        tracemalloc.start()
        sent = upload(store.grants.upload(TASK), tmp_path / "out", name="o", media_type="", renew=no_renewal)
        download(store.grants.download(sent, TASK), tmp_path / "in", renew=no_renewal)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (tmp_path / "in").stat().st_size == 60 * MEBIBYTE
    assert peak < 20 * MEBIBYTE  # the store runs in this process too


def test_a_link_about_to_run_out_is_renewed_first(tmp_path: Path) -> None:
    with peer(GOOD) as good:
        renew = Renewing(to_read(good.url))
        soon = datetime.now(UTC) + timedelta(seconds=5)

        download(to_read("http://nobody.invalid/", expires_at=soon), tmp_path / "in", renew=renew)

    assert renew.asked == ["r"]


def test_a_refused_link_is_renewed_once(tmp_path: Path) -> None:
    with peer(FORBIDDEN, FORBIDDEN, GOOD) as refusing:
        renew = Renewing(to_read(refusing.url))

        with pytest.raises(TransferRefused, match="also after it was renewed"):
            download(to_read(refusing.url), tmp_path / "in", renew=renew)

    assert renew.asked == ["r"]
    assert len(refusing.requests) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_renewal_of_another_kind_is_refused(tmp_path: Path) -> None:
    with peer(FORBIDDEN) as refusing, pytest.raises(TransferRefused, match="gave a UploadGrant"):
        download(to_read(refusing.url), tmp_path / "in", renew=Renewing(to_write(refusing.url)))


def test_what_the_app_says_of_a_renewal_is_passed_on(tmp_path: Path) -> None:
    def refusing(renewal: str) -> UploadGrant | DownloadGrant:
        raise TaskError(f"{renewal} is over")

    with peer(FORBIDDEN) as store, pytest.raises(TaskError, match="r is over"):
        download(to_read(store.url), tmp_path / "in", renew=refusing)


@pytest.mark.parametrize(
    "answer",
    [
        BUSY,
        BUSY.replace(b"503", b"429"),
        BUSY.replace(b"503", b"500"),
        GOOD[:-3],
        b"",
        b"HTTP/1.1",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ncon",
    ],
    ids=["503", "429", "500", "cut", "nothing", "half-a-line", "nonsense", "cut-chunk"],
)
def test_what_passes_is_tried_again(tmp_path: Path, answer: bytes) -> None:
    with peer(answer, answer, GOOD) as store:
        download(to_read(store.url), tmp_path / "in", renew=no_renewal)

    assert (tmp_path / "in").read_bytes() == CONTENT


def test_what_does_not_pass_fails_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("before")
    with peer(*[BUSY] * 5) as store, pytest.raises(TransferFailed, match="4 tries: it answered 503"):
        download(to_read(store.url), tmp_path / "in", renew=no_renewal)

    assert len(store.requests) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert (tmp_path / "in").read_text() == "before"


def test_a_store_that_is_away_is_named_without_the_link(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}/file?signature=secret"

    with pytest.raises(TransferFailed, match=r"127\.0\.0\.1") as failure:
        download(to_read(nobody), tmp_path / "in", renew=no_renewal)

    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "body",
    [b"CONTENT", b"content!", b"conten", b"", b"x" * 100_000],
    ids=["other", "longer", "shorter", "empty", "much"],
)
def test_bytes_that_were_not_stored_are_not_kept(tmp_path: Path, body: bytes) -> None:
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    with peer(answer) as store, pytest.raises(Corrupted, match="'in'"):
        download(to_read(store.url), tmp_path / "in", renew=no_renewal)

    assert list(tmp_path.iterdir()) == []


def test_more_than_was_stored_is_cut_off_before_it_fills_the_disk(tmp_path: Path) -> None:
    endless = f"HTTP/1.1 200 OK\r\nContent-Length: {10**15}\r\n\r\n".encode() + bytes(MEBIBYTE)

    with peer(endless) as store, pytest.raises(Corrupted, match="more came"):
        download(to_read(store.url), tmp_path / "in", renew=no_renewal)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(tmp_path: Path, status: int) -> None:
    with peer(GOOD) as elsewhere:
        answer = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n".encode()
        with peer(answer) as store, pytest.raises(TransferRefused, match="redirects"):
            download(to_read(store.url), tmp_path / "in", renew=no_renewal)

    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"code":"file_not_found","message":"No file is stored"}}',
        b"<Error><Code>NoSuchKey</Code><Message>No file is stored</Message><StringToSign>secret</StringToSign></Error>",
    ],
)
def test_a_refusal_is_quoted_by_its_sentence_only(tmp_path: Path, body: bytes) -> None:
    answer = f"HTTP/1.1 404 Not Found\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    with peer(answer) as store, pytest.raises(TransferRefused, match=r"404: No file is stored$"):
        download(to_read(store.url), tmp_path / "in", renew=no_renewal)


@pytest.mark.parametrize("url", ["ftp://host/file", "file:///etc/passwd", "/etc/passwd", "http:///x", ""])
def test_a_link_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(TransferRefused, match="http"):
        download(to_read(url), tmp_path / "in", renew=no_renewal)


def test_no_proxy_comes_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(GOOD) as proxy, peer(GOOD) as store:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)

        download(to_read(store.url), tmp_path / "in", renew=no_renewal)

        assert proxy.requests == []


@pytest.fixture
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A store's certificate, and the file of the authority that signed it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    return context, trusted


def test_a_store_is_trusted_by_its_certificate(
    tmp_path: Path, certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    with peer(GOOD, tls=context) as store:
        download(to_read(store.url), tmp_path / "in", renew=no_renewal)

    assert (tmp_path / "in").read_bytes() == CONTENT


def test_a_stranger_with_a_certificate_gets_nothing(tmp_path: Path, certificate: tuple[ssl.SSLContext, Path]) -> None:
    with peer(GOOD, tls=certificate[0]) as stranger, pytest.raises(TransferRefused, match="can't prove"):
        download(to_read(stranger.url), tmp_path / "in", renew=no_renewal)

    assert stranger.requests == []


def test_an_upload_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(CONTENT)

    with peer(BUSY, b"", TAKEN) as store:
        file = upload(to_write(store.url), tmp_path / "out", name="out", media_type="", renew=no_renewal)

    assert file.sha256 == stored().sha256
    assert len(store.requests) == 3


def test_a_store_that_says_yes_before_it_has_everything_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(bytes(30 * MEBIBYTE))

    with peer(*[TAKEN] * 4, hasty=True) as store, pytest.raises(TransferFailed):
        upload(to_write(store.url), tmp_path / "out", name="out", media_type="", renew=no_renewal)


def test_a_file_that_shrinks_while_it_is_sent_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(bytes(30 * MEBIBYTE))

    # Cut when the head of the request has come: what follows is far more than fits between the two.
    with (
        peer(TAKEN, on_request=lambda: os.truncate(path, MEBIBYTE)) as store,
        pytest.raises(TransferFailed, match="'out' became shorter"),
    ):
        upload(to_write(store.url), path, name="out", media_type="", renew=no_renewal)


def test_a_file_that_is_not_there_is_the_bodys_own_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        upload(to_write("http://nobody.invalid/"), tmp_path / "out", name="out", media_type="", renew=no_renewal)


def test_an_unknown_media_type_is_bytes(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(CONTENT)

    with peer(TAKEN) as store:
        file = upload(to_write(store.url), tmp_path / "out", name="o", media_type="a\r\nb: c", renew=no_renewal)

    assert file.media_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("report.csv", "report.csv"),
        ("Größe (2) 数据.csv", "Größe (2) 数据.csv"),
        ("हिन्दी.txt", "हिन्दी.txt"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("..\\..\\x", "_._x"),
        ("/", "_"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        (" . ", "file"),
        (".bashrc", "bashrc"),
        ("a\r\nb\x00c", "a__b_c"),
        ("a%2e%2eb", "a_2e_2eb"),
        ("\uff0e\uff0e/x", "_x"),
        ("e\u0301", "é"),
        ("\u202egpj.exe", "_gpj.exe"),
        ('a"b;c', "a_b_c"),
        ("${filename}", "__filename_"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
        ("ü" * 300 + ".csv", "ü" * 73 + ".csv"),
        ("a." + "x" * 300, "a." + "x" * 148),
    ],
)
def test_a_name_becomes_one_safe_segment(given: str, safe: str) -> None:
    assert safe_name(given) == safe
    assert safe_name(safe) == safe


async def test_whatever_the_name_the_store_takes_it_under_the_prefix(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(CONTENT)
    names = [
        "../x",
        "a\x00b",
        "%2e%2e",
        "\uff0e\uff0e",
        "é" * 400,
        "",
        "\U0001f600.csv",
        "a/b\\c",
        "'\";\r\n",
        "\u0345",
        "ﷺ" * 99,
    ]

    keys = [
        upload(store.grants.upload(TASK), tmp_path / "out", name=name, media_type="", renew=no_renewal).key
        for name in names
    ]

    assert set(store.keys()) == set(keys)
    assert all(key.startswith(f"tasks/{TASK}/") for key in keys)
