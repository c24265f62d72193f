"""How a reader and its supervisor talk."""

from io import BytesIO

import pytest

from neuroagent.tasks.circuit.reader.frames import DATA, END, MESSAGE, BrokenTalk, frame, message, read_frame


def test_what_was_said_is_heard_frame_by_frame() -> None:
    talk = BytesIO(message({"do": "greet"}) + frame(DATA, b"x" * 70_000) + frame(END))

    assert read_frame(talk.read) == (MESSAGE, b'{"do": "greet"}')
    assert read_frame(talk.read) == (DATA, b"x" * 70_000)
    assert read_frame(talk.read) == (END, b"")
    assert read_frame(talk.read) is None


def test_pieces_of_a_pipe_are_put_together() -> None:
    talk = BytesIO(frame(DATA, b"abcdef"))

    assert read_frame(lambda size: talk.read(min(size, 2))) == (DATA, b"abcdef")


@pytest.mark.parametrize("said", [b"J\0\0", b"J\0\0\0\x05ab", b"Z\0\0\0\0", b"J\xff\xff\xff\xff"])
def test_what_is_no_frame_is_not_taken_for_one(said: bytes) -> None:
    with pytest.raises(BrokenTalk):
        read_frame(BytesIO(said).read)
