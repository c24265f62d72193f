"""Files are what their names say, or they aren't taken."""

from collections.abc import AsyncIterator

import pytest

from neuroagent.app.chat.files.kinds import KINDS, KindRefused, held_to, kind_of


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def kept(name: str, content: bytes, size: int = 2**16) -> bytes:
    return b"".join([chunk async for chunk in held_to(kind_of(name), name, pieces(content, size))])


@pytest.mark.parametrize("size", [1, 5, 2**16])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"a,b\n1,2\n"),
        ("a.CSV", "a;ü".encode("utf-16")),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 "),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 99),
        ("a.h5", b"\x89HDF\r\n\x1a\n"),
        ("a.nc", b"CDF\x01"),
        ("a.tar.gz", b"\x1f\x8b\x08"),
        ("a.txt", b""),
    ],
)
async def test_what_it_says_it_is_comes_through_unchanged(name: str, content: bytes, size: int) -> None:
    assert await kept(name, content, size) == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"MZ\x90\x00\x03"),
        ("a.txt", b"x" * 99_999 + b"\0"),
        ("a.png", b"<script>"),
        ("a.zip", b"PK"),
        ("a.pdf", b"MZ%PDF-"),
        ("a.webp", b"WEBP"),
    ],
)
async def test_what_is_something_else_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(KindRefused, match=name):
        await kept(name, content)


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a", "a.sh", "a.pkl", "csv", ".csv"])
def test_an_unknown_kind_is_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(KindRefused, match=r"csv.*parquet"):
        kind_of(name)


def test_every_kind_is_held_to_something() -> None:
    assert [ending for ending, kind in KINDS.items() if bool(kind.begins) == kind.is_text] == []
