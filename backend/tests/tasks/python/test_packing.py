"""Zstandard, with an end to what may come out."""

import pytest

from neuroagent.tasks.python.packing import Unpackable, pack, unpack


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 100_000])
def test_what_was_packed_is_unpacked(content: bytes) -> None:
    assert unpack(pack(content), len(content) + 1) == content


def test_a_bomb_is_refused() -> None:
    with pytest.raises(Unpackable, match="more than"):
        unpack(pack(b"x" * 100_000), 50_000)


@pytest.mark.parametrize("packed", [b"", b"no archive", pack(b"x" * 1000)[:-4]])
def test_what_is_no_whole_archive_is_refused(packed: bytes) -> None:
    with pytest.raises(Unpackable):
        unpack(packed, 10_000)
