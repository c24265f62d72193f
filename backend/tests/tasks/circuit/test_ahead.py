"""Bytes made ready in a thread."""

import io
import threading

import pytest

from neuroagent.tasks.circuit import ahead as module
from neuroagent.tasks.circuit.ahead import Readable, ahead


class Counted(io.BytesIO):
    """Remembers how much was read from it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


class Breaking:
    def __init__(self) -> None:
        self.reads = 0

    def read(self, size: int, /) -> bytes:
        self.reads += 1
        if self.reads > 2:
            raise EOFError("it ends in the middle")
        return b"x" * size


def whole(source: Readable, size: int) -> bytes:
    parts = []
    while part := source.read(size):
        assert len(part) <= size
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("size", [1, 7, 10, 1_000])
def test_all_bytes_come_in_their_order(size: int) -> None:
    content = bytes(range(256)) * 3

    with ahead(io.BytesIO(content), 10) as source:
        assert whole(source, size) == content
        assert source.read(size) == b"", "the end stays the end"


def test_it_is_never_far_ahead() -> None:
    source = Counted(b"x" * 1_000_000)

    with ahead(source, 100) as reading:
        reading.read(100)

    assert source.taken <= 100 * (module.WAITING + 4)


def test_what_goes_wrong_is_raised_where_the_bytes_would_have_come() -> None:
    with ahead(Breaking(), 5) as source:
        assert source.read(100) == source.read(100) == b"x" * 5
        for _ in range(2):
            with pytest.raises(EOFError, match="in the middle"):
                source.read(100)


def test_nobody_reads_from_the_source_afterwards() -> None:
    source, before = Counted(b"x" * 1_000_000), threading.active_count()

    with ahead(source, 100):
        pass

    assert threading.active_count() == before
    taken = source.taken
    assert source.read(1) == b"x"
    assert source.taken == taken + 1
