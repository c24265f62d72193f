"""What a stranger stored, or how a stranger asks for it, harms nobody who downloads."""

from datetime import timedelta

import pytest
import wire
from stores import DiskStore, Store, chunks

HOUR = timedelta(hours=1)
PAGE = b"<!doctype html><script>fetch('/threads')</script>"


async def link_to(store: Store, content: bytes, name: str = "x", media_type: str | None = None) -> str:
    await store.storage.save("tasks/1/x", chunks(content))
    return store.storage.download_link("tasks/1/x", name=name, media_type=media_type, audience="worker", lifetime=HOUR)


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"])
async def test_a_page_is_never_shown(store: Store, media_type: str) -> None:
    answer = wire.get(await link_to(store, PAGE, "page.html", media_type))

    assert answer.body == PAGE
    assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/plain", "x\r\nSet-Cookie: a=b"])
async def test_a_page_that_is_shown_all_the_same_can_do_nothing(disk: DiskStore, media_type: str) -> None:
    answer = wire.get(await link_to(disk, PAGE, "page.html", media_type))

    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "name",
    ["a\r\nSet-Cookie: x=1", "a\nX: y", 'a"; filename="evil.exe', "a\x00", "../../evil", "a\u2028b", "é" * 500,
     "x" * 9000, "a;b", "a%0d%0aX: y", "\u202egpj.exe", "'; drop", "\\\\host\\share"],
)  # fmt: skip
async def test_no_name_adds_a_header_or_a_path(store: Store, name: str) -> None:
    answer = wire.get(await link_to(store, b"content", name))

    assert answer.body == b"content"
    assert "set-cookie" not in answer.headers
    assert "x" not in answer.headers
    said = answer.headers["content-disposition"]
    assert said.startswith('attachment; filename="')
    assert said.count('"') == 2
    assert not {"/", "\\", "\r", "\n"} & set(said)


@pytest.mark.parametrize(
    "ranges",
    [
        "bytes=" + ",".join(["0-"] * 1000),
        "bytes=" + ",".join(f"{start}-" for start in range(90)),
        "bytes=" + ",".join(["0-99999"] * 90),
        "bytes=" + ",".join(f"{start}-{start}" for start in range(0, 180, 2)),
        "bytes=0-" + "9" * 4000,
        "bytes=-" + "9" * 4000,
        "bytes=" + "," * 5000,
    ],
    ids=["same", "overlapping", "whole", "single-bytes", "huge-end", "huge-suffix", "commas"],
)
async def test_many_ranges_get_no_more_than_the_file(disk: DiskStore, ranges: str) -> None:
    content = bytes(1000) * 100

    answer = wire.get(await link_to(disk, content), Range=ranges)

    assert answer.status in {200, 206, 400, 416}
    assert len(answer.body) <= len(content) + 100 * 200  # each of a hundred ranges may bring its own headers


@pytest.mark.parametrize(
    "ranges", ["bytes=5-1", "bytes=100-", "bytes=-0", "bytes=x", "lines=0-1", "bytes", "", "bytes=٣-٤"]
)
async def test_a_range_that_makes_no_sense_breaks_nothing(disk: DiskStore, ranges: str) -> None:
    url = await link_to(disk, b"0123456789")

    answer = wire.get(url, Range=ranges.encode().decode("latin-1"))

    assert answer.status in {200, 206, 400, 416}
    assert len(answer.body) < 200
    assert wire.get(url).body == b"0123456789"
