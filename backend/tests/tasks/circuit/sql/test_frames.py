"""How the worker and its child talk."""

import io

import pytest

from neuroagent.tasks.circuit.sql.frames import DATA, END, LARGEST, BadFrame, frame, read_frame


def test_frames_come_out_as_they_went_in() -> None:
    stream = io.BytesIO(frame(DATA, b"abc") + frame(END))

    assert [read_frame(stream.read), read_frame(stream.read)] == [(DATA, b"abc"), (END, b"")]


def test_a_frame_may_arrive_in_pieces() -> None:
    stream = io.BytesIO(frame(DATA, b"abcdef"))

    assert read_frame(lambda most: stream.read(min(most, 2))) == (DATA, b"abcdef")


@pytest.mark.parametrize(
    "content",
    [b"", b"D", frame(DATA, b"abc")[:-1], b"X\x00\x00\x00\x00", b"D" + (LARGEST + 1).to_bytes(4), b"D\xff\xff\xff\xff"],
)
def test_anything_else_is_none(content: bytes) -> None:
    with pytest.raises(BadFrame):
        read_frame(io.BytesIO(content).read)
