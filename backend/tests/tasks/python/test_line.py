"""The line from a slot: every byte of it may be hostile, and one that doesn't fit ends the slot."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import BinaryIO

import pytest

from neuroagent.tasks.python.line import LARGEST_HEADER, LARGEST_PAYLOAD, Line, News, SlotBroken, SlotSilent

SECRET = b"s" * 16


@dataclass
class Pair:
    line: Line
    inside: int

    def write(self, *parts: bytes) -> None:
        os.write(self.inside, b"".join(parts))

    def next(self) -> News:
        return self.line.next(monotonic() + 1)


@pytest.fixture
def pair() -> Iterator[Pair]:
    read, write = os.pipe()
    pipe: BinaryIO = os.fdopen(read, "rb", buffering=0)
    yield Pair(Line(pipe, SECRET), write)
    pipe.close()
    os.close(write)


def frame(header: bytes, payload: bytes = b"", secret: bytes = SECRET) -> bytes:
    return secret + struct.pack(">II", len(header), len(payload)) + header + payload


def test_frames_come_one_by_one_however_they_were_cut(pair: Pair) -> None:
    both = frame(b'{"event": "output"}', b"hello") + frame(b'{"event": "done"}')
    pair.write(both[:30])
    pair.write(both[30:])

    assert [(news.event, news.payload) for news in (pair.next(), pair.next())] == [("output", b"hello"), ("done", b"")]


@pytest.mark.parametrize(
    "hostile",
    [
        frame(b'{"event": "done"}', secret=b"guess" * 3 + b"!"),
        b"panic: something was printed onto the line",
        SECRET + struct.pack(">II", LARGEST_HEADER + 1, 0),
        SECRET + struct.pack(">II", 2, LARGEST_PAYLOAD + 1),
        frame(b"no JSON"),
        frame(b"[" * 100_000),
        frame(b"[]"),
        frame(b"{}"),
        frame(b'{"event": 1}'),
        frame(b"\xff\xfe"),
    ],
)
def test_what_does_not_fit_breaks_the_slot(pair: Pair, hostile: bytes) -> None:
    os.set_blocking(pair.inside, False)
    pair.write(hostile[:60_000])
    if len(hostile) > 60_000:
        pair.line._held += hostile[60_000:]  # more than a pipe holds
        pair.line._held[:0] = os.read(pair.line.pipe.fileno(), 60_000)

    with pytest.raises(SlotBroken):
        pair.next()


def test_silence_is_told_apart_from_an_end(pair: Pair) -> None:
    with pytest.raises(SlotSilent):
        pair.line.next(monotonic())


@pytest.mark.parametrize("value", [None, "1", True, -1, 11, float("nan"), [1]])
def test_a_number_is_a_number_within_its_bounds(value: object) -> None:
    with pytest.raises(SlotBroken):
        News("x", {"n": value}, b"").number("n", 10)


@pytest.mark.parametrize("value", [None, 1, "x" * 11])
def test_a_text_is_a_text_of_bounded_length(value: object) -> None:
    with pytest.raises(SlotBroken):
        News("x", {"t": value}, b"").text("t", 10)
