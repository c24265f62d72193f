import pytest

from neuroagent.app.storage.errors import FormRefused
from neuroagent.app.storage.multipart import Field, FileBytes, FileStart, FormEnd, FormEvent, FormReader

TYPE = "multipart/form-data; boundary=line"


def part(name: str, value: bytes, more: str = "") -> bytes:
    return f'--line\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


FORM = part("key", "ü".encode()) + part("file", b"one\r\n--lin\r\n\r\ntwo", '; filename="x"') + b"--line--\r\n"


def read(form: bytes, step: int = 2**16) -> list[FormEvent]:
    reader = FormReader(TYPE)
    return [event for start in range(0, len(form), step) for event in reader.feed(form[start : start + step])]


def file_of(events: list[FormEvent]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, FileBytes))


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 2**16])
def test_a_form_is_read_alike_however_it_is_cut(step: int) -> None:
    events = read(FORM, step)

    assert [event for event in events if not isinstance(event, FileBytes)] == [
        Field("key", "ü"),
        FileStart("x"),
        FormEnd(),
    ]
    assert file_of(events) == b"one\r\n--lin\r\n\r\ntwo"


def test_a_form_that_broke_off_has_no_end() -> None:
    assert FormEnd() not in read(FORM[:-6])


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        f"{TYPE}{'x' * 70}",
        "multipart/form-data; boundary=",
    ],
)
def test_what_is_no_form_is_refused(kind: str) -> None:
    with pytest.raises(FormRefused, match="multipart/form-data"):
        FormReader(kind)


@pytest.mark.parametrize(
    "form",
    [
        b"--other\r\n\r\n",
        b"not a form at all",
        b"--line\r\n\r\nvalue\r\n--line--\r\n",
        b"--line\r\nContent-Disposition: attachment; name=key\r\n\r\nvalue\r\n--line--\r\n",
        b"--line\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--line--\r\n",
        b"--line\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n",
        b"--line\r\n" + b"X: y\r\n" * 9,
        b"--line\r\nX: " + b"y" * 2000,
        b"--line\r\n" + b"x" * 2000,
        part("key", b"\xff") + b"--line--\r\n",
        b"--line\r\nContent-Disposition: form-data; name=\xff\r\n\r\n",
        part("key", b"x" * 20_000),
        b"".join(part(f"f{number}", b"") for number in range(21)),
        part("a", b"x" * 9000) + part("b", b"x" * 9000),
    ],
)
def test_a_form_that_cannot_be_meant_is_refused(form: bytes) -> None:
    with pytest.raises(FormRefused):
        read(form)


def test_a_refusal_comes_before_the_whole_field_is_in() -> None:
    reader = FormReader(TYPE)
    reader.feed(part("key", b"")[:-2])
    for _ in range(15):
        reader.feed(b"x" * 1024)

    with pytest.raises(FormRefused, match="16384"):
        reader.feed(b"x" * 1024)
