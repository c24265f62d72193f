"""A form does what its policy says or nothing, and nothing stays behind."""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import wire
from stores import MEBIBYTE, SECRET, DiskStore, S3Store, Store, bytes_of, chunks
from wire import Part

from neuroagent.app.storage.signing import Signer

HOUR = timedelta(hours=1)
MOST = 1000
SIGNATURES = {"signature", "x-amz-signature"}


def form(store: Store, lifetime: timedelta = HOUR) -> tuple[str, dict[str, bytes]]:
    given = store.storage.upload_form("tasks/1/", max_bytes=MOST, audience="worker", lifetime=lifetime)
    return given.url, {name: value.encode() for name, value in given.fields.items()}


def assert_refused(store: Store, answer: wire.Answer, *statuses: int) -> None:
    assert answer.status in (statuses or (400, 403))
    assert store.keys() == []
    assert store.leftovers() == []


def try_parts(store: Store, parts: list[Part], *statuses: int) -> None:
    assert_refused(store, wire.post(form(store)[0], parts), *statuses)


def whole(fields: dict[str, bytes], key: bytes = b"tasks/1/x", file: bytes = b"content") -> list[Part]:
    return [*fields.items(), ("key", key), ("file", file)]


async def test_the_form_itself_stores_its_file(store: Store) -> None:
    url, fields = form(store)

    assert wire.post(url, whole(fields)).status == 204
    assert await bytes_of(store.storage, "tasks/1/x") == b"content"
    assert store.leftovers() == []


@pytest.mark.parametrize(
    "key",
    ["", "x", "/etc/passwd", "../x", "tasks/10/x", "tasks/1", "Tasks/1/x", "tasks\\1\\x", "/tasks/1/x", "./tasks/1/x",
     "%74asks/1/x", "tasks%2F1%2Fx", "tasks/2/../1/x", " tasks/1/x", "\x00tasks/1/x", "tasks/2/x", "${filename}",
     "\ufefftasks/1/x", "tasks//1/x"],
)  # fmt: skip
def test_a_key_outside_of_the_prefix_is_refused(store: Store, key: str) -> None:
    _, fields = form(store)

    try_parts(store, whole(fields, key.encode()))


ESCAPES = [
    "tasks/1/../2/x",
    "tasks/1/..",
    "tasks/1/.",
    "tasks/1/",
    "tasks/1/./x",
    "tasks/1//x",
    "tasks/1//etc/passwd",
    "tasks/1/x/../../../../etc/passwd",
    "tasks/1/%2e%2e/x",
    "tasks/1/%252e%252e/x",
    "tasks/1/..%2f..%2fx",
    "tasks/1/..\\..\\x",
    "tasks/1/..\\x",
    "tasks/1/C:\\x",
    "tasks/1/x\x00.txt",
    "tasks/1/x\n",
    "tasks/1/x\r\ny",
    "tasks/1/\x7f",
    "tasks/1/\x85",
    "tasks/1/\u2028",
    "tasks/1/\uff0e\uff0e/x",
    "tasks/1/\u2025/x",
    "tasks/1/\u2024\u2024/x",
    "tasks/1/..\uff0fx",
    "tasks/1/e\u0301",
    "tasks/1/\u202egpj.exe",
    "tasks/1/a\u200bb",
    "tasks/1/" + "x" * 256,
    "tasks/1/" + "ü" * 128,
    "tasks/1/" + "x/" * 500 + "x",
    "tasks/1/" + "x" * 5000,
]


@pytest.mark.parametrize("key", ESCAPES)
def test_a_key_that_could_be_read_in_two_ways_is_refused(disk: DiskStore, key: str) -> None:
    _, fields = form(disk)

    try_parts(disk, whole(fields, key.encode()))
    assert sorted(path.name for path in disk.folder.parent.iterdir()) == ["files"]


@pytest.mark.parametrize("key", [key for key in ESCAPES if key.isprintable() and len(key) < 200])
def test_in_s3_such_a_key_is_a_name_under_the_prefix_and_no_path(s3: S3Store, key: str) -> None:
    url, fields = form(s3)

    wire.post(url, whole(fields, key.encode()))
    stored_keys = s3.keys()

    assert all(stored.startswith("tasks/1/") for stored in stored_keys)


@pytest.mark.parametrize("raw", [b"tasks/1/\xff", b"tasks/1/\xc0\xae\xc0\xae/x", b"tasks/1/\xed\xa0\x80"])
def test_a_key_that_is_not_utf8_is_refused(disk: DiskStore, raw: bytes) -> None:
    try_parts(disk, whole(form(disk)[1], raw))


@pytest.mark.parametrize(
    "change",
    [
        lambda policy: policy | {"prefix": ""},
        lambda policy: policy | {"prefix": "tasks/"},
        lambda policy: policy | {"max_bytes": 10**12},
        lambda policy: policy | {"expires": policy["expires"] + 10**6},
        lambda policy: policy | {"more": 1},
        lambda policy: {},
    ],
    ids=["no-prefix", "wider-prefix", "larger", "longer", "more", "empty"],
)
def test_an_edited_policy_is_refused(disk: DiskStore, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    _, fields = form(disk)
    edited = change(json.loads(b64decode(fields["policy"])))

    try_parts(disk, whole(fields | {"policy": b64encode(json.dumps(edited).encode())}))


@pytest.mark.parametrize(
    "change",
    [
        lambda policy: policy | {"conditions": []},
        lambda policy: policy | {"conditions": [c for c in policy["conditions"] if "starts-with" not in c]},
        lambda policy: policy | {"conditions": [c for c in policy["conditions"] if "content-length-range" not in c]},
        lambda policy: policy | {"expiration": "2099-01-01T00:00:00Z"},
    ],
    ids=["no-conditions", "any-key", "any-size", "longer"],
)
def test_an_edited_policy_is_refused_by_s3(s3: S3Store, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    _, fields = form(s3)
    edited = change(json.loads(b64decode(fields["policy"])))

    try_parts(s3, whole(fields | {"policy": b64encode(json.dumps(edited).encode())}))


@pytest.mark.parametrize("policy", [b"", b"e30=", b"{}", b"\x00", b"=====", b"x" * 10_000])
def test_a_policy_that_is_none_is_refused(store: Store, policy: bytes) -> None:
    try_parts(store, whole(form(store)[1] | {"policy": policy}))


@pytest.mark.parametrize("respelled", [lambda policy: policy + b"=", lambda policy: policy + b"\n", lambda p: b" " + p])
def test_a_policy_spelled_otherwise_is_refused(store: Store, respelled: Callable[[bytes], bytes]) -> None:
    _, fields = form(store)

    try_parts(store, whole(fields | {"policy": respelled(fields["policy"])}))


@pytest.mark.parametrize("signature", [b"", b"0" * 64, "é".encode(), b"\x00"])
def test_a_form_with_another_signature_is_refused(store: Store, signature: bytes) -> None:
    _, fields = form(store)

    try_parts(store, whole({name: signature if name in SIGNATURES else value for name, value in fields.items()}))


@pytest.mark.parametrize("purpose", ["download link", "renewal", "upload", ""])
def test_a_signature_for_another_purpose_is_refused(disk: DiskStore, purpose: str) -> None:
    _, fields = form(disk)
    forged = Signer.for_purpose(SECRET, purpose).sign(fields["policy"].decode())

    try_parts(disk, whole(fields | {"signature": forged.encode()}))


async def test_the_signature_of_a_renewal_is_no_leave_to_upload(disk: DiskStore) -> None:
    sealed, _, signature = disk.grants.upload("1").renewal.rpartition(".")

    try_parts(disk, whole({"policy": sealed.encode(), "signature": signature.encode()}))


def test_the_signature_of_another_form_is_refused(store: Store) -> None:
    _, fields = form(store)
    other = store.storage.upload_form("tasks/2/", max_bytes=MOST, audience="worker", lifetime=HOUR).fields

    try_parts(store, whole({name: other[name].encode() if name in SIGNATURES else fields[name] for name in fields}))


def test_a_form_stores_nothing_once_it_ran_out(store: Store) -> None:
    url, fields = form(store)
    store.skip(HOUR + timedelta(seconds=1))

    assert_refused(store, wire.post(url, whole(fields)))


def without(parts: list[Part], name: str) -> list[Part]:
    return [part for part in parts if part[0] != name]


@pytest.mark.parametrize("missing", ["policy", "signature", "key", "file"])
def test_a_form_on_disk_without_one_of_its_fields_is_refused(disk: DiskStore, missing: str) -> None:
    try_parts(disk, without(whole(form(disk)[1]), missing))


@pytest.mark.parametrize("missing", ["policy", "x-amz-signature", "x-amz-credential", "x-amz-date", "key", "file"])
def test_a_form_to_s3_without_one_of_its_fields_is_refused(s3: S3Store, missing: str) -> None:
    try_parts(s3, without(whole(form(s3)[1]), missing))


@pytest.mark.parametrize("late", ["policy", "key"])
def test_a_field_after_the_file_comes_too_late(store: Store, late: str) -> None:
    parts = whole(form(store)[1])

    try_parts(store, [*without(parts, late), next(part for part in parts if part[0] == late)])


def test_an_empty_form_is_refused(store: Store) -> None:
    try_parts(store, [])


@pytest.mark.parametrize("name", ["key", "policy"])
@pytest.mark.parametrize("first", [True, False])
def test_a_field_given_twice_is_refused(store: Store, name: str, first: bool) -> None:
    parts = whole(form(store)[1])
    twin = (name, b"tasks/2/x")
    at = 0 if first else len(parts) - 1

    try_parts(store, [*parts[:at], twin, *parts[at:]])


@pytest.mark.parametrize("more", [("file", b"second"), ("key", b"tasks/1/y"), ("note", b"x")])
def test_nothing_comes_after_the_file(disk: DiskStore, more: Part) -> None:
    try_parts(disk, [*whole(form(disk)[1]), more])


@pytest.mark.parametrize("name", ["note", "n" * 3000, "key\x00", "KEY"])
@pytest.mark.parametrize("size", [20_000, MEBIBYTE])
def test_a_huge_field_is_refused(disk: DiskStore, name: str, size: int) -> None:
    try_parts(disk, [(name, b"x" * size), *whole(form(disk)[1])], 400, 413)


def test_a_thousand_fields_are_refused(disk: DiskStore) -> None:
    try_parts(disk, [*((f"note{number}", b"") for number in range(1000)), *whole(form(disk)[1])])


def test_a_file_one_byte_too_large_is_refused(store: Store) -> None:
    _, fields = form(store)

    try_parts(store, whole(fields, file=b"x" * (MOST + 1)), 400, 413)


@pytest.mark.parametrize("size", [70_000, MEBIBYTE + 1, 3 * MEBIBYTE])
def test_a_file_much_too_large_is_refused(store: Store, size: int) -> None:
    _, fields = form(store)

    try_parts(store, whole(fields, file=b"x" * size), 400, 413)


@pytest.mark.parametrize("announced", [10**9, 10**18, 10**30])
def test_an_announcement_too_large_is_refused_before_the_body_comes(disk: DiskStore, announced: int) -> None:
    answer = wire.send(form(disk)[0], b"", f"Content-Length: {announced}", f"Content-Type: {wire.FORM}")

    assert_refused(disk, answer, 413, 400)


def chunked(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


async def test_a_form_of_unannounced_length_is_counted(disk: DiskStore) -> None:
    url, fields = form(disk)
    headers = ("Transfer-Encoding: chunked", f"Content-Type: {wire.FORM}")
    fitting = wire.multipart(whole(fields))
    too_large = wire.multipart(whole(fields, key=b"tasks/1/large", file=b"x" * MEBIBYTE))

    assert wire.send(url, b"".join(chunked(fitting, 100)), *headers).status == 204
    assert wire.send(url, b"".join(chunked(too_large, 4096)), *headers).status == 413
    assert disk.keys() == ["tasks/1/x"]
    assert disk.leftovers() == []


def test_s3_takes_no_form_of_unannounced_length(s3: S3Store) -> None:
    url, fields = form(s3)
    body = b"".join(chunked(wire.multipart(whole(fields)), 100))

    assert_refused(s3, wire.send(url, body, "Transfer-Encoding: chunked", f"Content-Type: {wire.FORM}"), 411)


@pytest.mark.parametrize("short", [1, 4, 20, 300])
def test_a_form_that_announced_less_than_it_has_is_refused(disk: DiskStore, short: int) -> None:
    url, fields = form(disk)
    body = wire.multipart(whole(fields, file=b"x" * 500))
    length = f"Content-Length: {len(body) - 3 - short}"

    assert_refused(disk, wire.send(url, body, length, f"Content-Type: {wire.FORM}"))


def test_a_sender_that_goes_away_leaves_nothing(disk: DiskStore) -> None:
    url, fields = form(disk)
    body = wire.multipart(whole(fields, file=b"x" * 500))
    length = f"Content-Length: {len(body)}"

    for cut in (0, 10, len(body) // 2, len(body) - 5):
        wire.hang_up(url, body[:cut], length, f"Content-Type: {wire.FORM}")

    assert wire.post(url, whole(fields)).status == 204
    for _ in range(200):  # they are told of on their own connections, in no promised order
        if not disk.leftovers():
            break
        time.sleep(0.05)
    assert disk.keys() == ["tasks/1/x"]
    assert disk.leftovers() == []


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 500,
        "multipart/mixed; boundary=line",
    ],
)
def test_what_is_no_form_is_refused(disk: DiskStore, kind: str) -> None:
    body = wire.multipart(whole(form(disk)[1]))
    length = f"Content-Length: {len(body)}"

    assert_refused(disk, wire.send(form(disk)[0], body, length, f"Content-Type: {kind}"))


async def test_a_refused_form_leaves_what_was_there_before(disk: DiskStore) -> None:
    await disk.storage.save("tasks/1/x", chunks(b"before"))
    url, fields = form(disk)

    assert wire.post(url, whole(fields, file=b"x" * (MOST + 1))).status == 413
    assert wire.post(url, [*whole(fields), ("more", b"")]).status == 400
    assert await bytes_of(disk.storage, "tasks/1/x") == b"before"


@pytest.mark.parametrize("hidden", ['name="key"; name="x"', "name*=UTF-8''key", 'filename="x"', "name="])
def test_a_field_whose_name_is_ambiguous_moves_no_file(disk: DiskStore, hidden: str) -> None:
    url, fields = form(disk)
    body = wire.multipart(whole(fields, key=b"tasks/2/x")).replace(b'name="key"', hidden.encode())

    answer = wire.send(url, body, f"Content-Length: {len(body)}", f"Content-Type: {wire.FORM}")

    assert_refused(disk, answer)
