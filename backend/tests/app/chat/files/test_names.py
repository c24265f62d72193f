"""One plain name, whatever it was called."""

import pytest

from neuroagent.app.chat.files.names import LONGEST, numbered, safe_name


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("cells.csv", "cells.csv"),
        ("Schöne Zellen (2).csv", "Schöne Zellen (2).csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\cells.csv", "cells.csv"),
        ("a\r\nX: y.csv", "a__X_ y.csv"),
        (".csv", "csv"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        ("...  .csv", "csv"),
        ("a%00.csv", "a_00.csv"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("ﬁg.png", "fig.png"),
        ("\ud800.csv", "_.csv"),
    ],
)
def test_it_is_as_like_as_that_allows(given: str, safe: str) -> None:
    assert safe_name(given) == safe
    assert safe_name(safe) == safe


@pytest.mark.parametrize("given", ["x" * 9_000 + ".csv", "é" * 9_000, "a." + "b" * 9_000, "神" * 100 + ".parquet"])
def test_it_is_never_long(given: str) -> None:
    assert len(safe_name(given).encode()) <= LONGEST


def test_a_second_one_keeps_its_ending() -> None:
    assert [numbered("a.tar.gz", 2), numbered("a", 3)] == ["a.tar-2.gz", "a-3"]
