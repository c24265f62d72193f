"""A link that was changed in any way opens nothing, whatever the store."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import wire
from stores import SECRET, DiskStore, S3Store, Store, chunks

from neuroagent.app.storage.signing import Signer

HOUR = timedelta(hours=1)
SECRETS = b"somebody else's"


@pytest.fixture
async def link(store: Store) -> str:
    await store.storage.save("tasks/1/mine", chunks(b"my own"))
    await store.storage.save("tasks/2/theirs", chunks(SECRETS))
    return link_to(store, "tasks/1/mine")


def link_to(store: Store, key: str) -> str:
    return store.storage.download_link(key, name="mine.txt", audience="worker", lifetime=HOUR)


def assert_refused(link: str, **headers: str) -> None:
    answer = wire.get(link, **headers)
    assert answer.status in {400, 403, 404}
    assert SECRETS not in answer.body
    assert b"my own" not in answer.body


def test_the_link_itself_opens_its_file(link: str) -> None:
    assert wire.get(link).body == b"my own"


@pytest.mark.parametrize(
    "key",
    [
        "tasks/2/theirs",
        "tasks/1/mine/",
        "tasks/1//mine",
        "/tasks/1/mine",
        "tasks/1/./mine",
        "tasks/1/../2/theirs",
        "tasks/1/mine/../../2/theirs",
        "tasks/1/%2e%2e/2/theirs",
        "tasks/1/%2E%2E%2F2%2Ftheirs",
        "tasks/1/%252e%252e/2/theirs",
        "tasks/1/..%5c..%5c2/theirs",
        "tasks/1/%c0%ae%c0%ae/2/theirs",
        "tasks/1/mine%00",
        "tasks/1/mine%0d%0aX:%20y",
        "tasks/1/MINE",
        "tasks/1/min",
        "",
        "%2fetc/passwd",
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "tasks/1",
        "incoming/",
        "x" * 20_000,
    ],
)
def test_a_link_does_not_open_another_key(link: str, key: str) -> None:
    changed = link.replace("tasks/1/mine", key, 1)
    assert changed != link

    assert_refused(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda signature: "",
        lambda signature: signature[:-1],
        lambda signature: signature + "0",
        lambda signature: signature.upper() if signature.upper() != signature else "A" * 64,
        lambda signature: ("1" if signature[0] == "0" else "0") + signature[1:],
        lambda signature: "0" * 64,
        lambda signature: f"{signature}%00",
        lambda signature: f"%20{signature}",
        lambda signature: "%C3%A9",
        lambda signature: f"{signature}%0a",
    ],
    ids=["empty", "cut", "longer", "capitals", "one-digit", "zeroes", "nul", "space", "not-ascii", "line-break"],
)
def test_a_link_with_another_signature_opens_nothing(link: str, change: Callable[[str], str]) -> None:
    head, _, signature = link.rpartition("ignature=")

    assert_refused(f"{head}ignature={change(signature)}")


def test_the_signature_of_another_link_opens_nothing(store: Store, link: str) -> None:
    other = link_to(store, "tasks/2/other")

    assert_refused(link.rpartition("ignature=")[0] + "ignature=" + other.rpartition("ignature=")[2])


def test_a_signature_given_twice_is_no_better_than_its_last(link: str) -> None:
    assert_refused(f"{link}&{'X-Amz-Signature' if 'X-Amz' in link else 'signature'}={'0' * 64}")


@pytest.mark.parametrize("lost", ["expires", "name", "type", "signature"])
async def test_a_link_on_disk_that_lost_a_part_opens_nothing(disk: DiskStore, lost: str) -> None:
    await disk.storage.save("tasks/1/mine", chunks(b"my own"))
    url = link_to(disk, "tasks/1/mine")
    kept = "&".join(part for part in url.partition("?")[2].split("&") if not part.startswith(f"{lost}="))

    assert_refused(f"{url.partition('?')[0]}?{kept}")


@pytest.mark.parametrize("change", ["0", "-1", "%2B1", "1e20", "9" * 30, "nan", "%D9%A3", "99999999999", "%00", ""])
@pytest.mark.parametrize("name", ["expires", "name", "type"])
async def test_a_link_on_disk_with_another_part_opens_nothing(disk: DiskStore, name: str, change: str) -> None:
    await disk.storage.save("tasks/1/mine", chunks(b"my own"))
    url = link_to(disk, "tasks/1/mine")
    old = next(part for part in url.partition("?")[2].split("&") if part.startswith(f"{name}="))

    assert_refused(url.replace(old, f"{name}={change}"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X-Amz-Expires=3600", "X-Amz-Expires=604800"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=99999999"),
        ("X-Amz-Date=2", "X-Amz-Date=3"),
        ("attachment", "inline"),
        ("octet-stream", "html"),
        ("&X-Amz-SignedHeaders=host", ""),
        ("us-east-1", "eu-west-1"),
    ],
)
async def test_a_link_to_s3_with_another_part_opens_nothing(s3: S3Store, old: str, new: str) -> None:
    await s3.storage.save("tasks/1/mine", chunks(b"my own"))
    url = link_to(s3, "tasks/1/mine")
    assert old in url

    assert_refused(url.replace(old, new))


async def test_a_link_to_s3_for_workers_is_none_for_browsers(s3: S3Store) -> None:
    await s3.storage.save("tasks/1/mine", chunks(b"my own"))

    assert_refused(link_to(s3, "tasks/1/mine").replace("127.0.0.1", "localhost"))


def test_a_link_opens_nothing_once_it_ran_out(store: Store, link: str) -> None:
    store.skip(HOUR + timedelta(seconds=1))

    assert_refused(link)


@pytest.mark.parametrize("purpose", ["upload policy", "renewal", "download", ""])
async def test_a_signature_for_another_purpose_opens_nothing(disk: DiskStore, purpose: str) -> None:
    await disk.storage.save("tasks/1/mine", chunks(b"my own"))
    url = link_to(disk, "tasks/1/mine")
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    forged = Signer.for_purpose(SECRET, purpose).sign("tasks/1/mine", query["expires"], query["name"], query["type"])

    assert_refused(url.replace(query["signature"], forged))


async def test_parts_of_a_link_cannot_change_places(disk: DiskStore) -> None:
    await disk.storage.save("tasks/1/mine", chunks(b"my own"))
    url = link_to(disk, "tasks/1/mine")

    assert_refused(
        url.replace("name=mine.txt&type=application%2Foctet-stream", "type=mine.txt&name=application%2Foctet-stream")
    )


async def test_a_link_from_another_app_opens_nothing(disk: DiskStore, link: str) -> None:
    disk.storage.links = type(disk.storage.links)(SECRET[::-1], disk.clock)
    await disk.storage.save("tasks/1/mine", chunks(b"my own"))
    foreign = link_to(disk, "tasks/1/mine")
    disk.storage.links = type(disk.storage.links)(SECRET, disk.clock)

    assert_refused(foreign)
