import pytest

from neuroagent.app.storage.attachment import disposition, safe_media_type


def test_a_plain_name_is_spelled_plainly() -> None:
    assert disposition("report.csv") == "attachment; filename=\"report.csv\"; filename*=UTF-8''report.csv"


@pytest.mark.parametrize("name", ["", "/", "..", " . ", "\r\n", "\u202e"])
def test_a_name_of_which_nothing_is_left_is_file(name: str) -> None:
    assert 'filename="file"' in disposition(name)


@pytest.mark.parametrize(
    "name",
    ['a"; b="c', "a\r\nSet-Cookie: x=1", "a\x00b", "a\u2028b", "../../etc/passwd", "ü\ud800", "x" * 5000, "a;b'c%0d"],
)
def test_no_name_can_end_the_header(name: str) -> None:
    header = disposition(name)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert "/" not in header
    assert len(header) < 1500


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/vnd.apache.parquet", "image/svg+xml", "text/html; charset=utf-8"]
)
def test_a_media_type_is_kept(kind: str) -> None:
    assert safe_media_type(kind) == kind


@pytest.mark.parametrize("kind", [None, "", "html", "text/html\r\nX: y", "text/html, x/y", "a/" + "b" * 100, "ť/x"])
def test_what_is_no_media_type_is_bytes(kind: str | None) -> None:
    assert safe_media_type(kind) == "application/octet-stream"
