"""`node_types.csv`: what all nodes of a type share."""

from pathlib import Path

import pytest

from neuroagent.tasks.circuit.node_types import NodeTypes, read_node_types


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return tmp_path / "types.csv"


def read(path: Path, text: str | bytes, population: str = "p") -> NodeTypes:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_node_types(path, population)


def test_columns_are_whole_numbers_numbers_or_text(given: Path) -> None:
    types = read(given, "node_type_id a b c\n7 1 1.5 x\n3 NULL 2 'y'\n")

    assert types.ids.tolist() == [3, 7]
    assert {name: column.to_pylist() for name, column in types.columns.items()} == {
        "a": [None, 1],
        "b": [2.0, 1.5],
        "c": ["'y'", "x"],
    }


def test_quotes_hold_spaces_together_and_several_spaces_are_one(given: Path) -> None:
    types = read(given, 'node_type_id   "long name"\n1    "a b  c"\n\n')

    assert types.columns["long_name" if "long_name" in types.columns else "long name"].to_pylist() == ["a b  c"]


def test_only_rows_of_the_population_count(given: Path) -> None:
    text = "node_type_id population a\n1 p ours\n2 q theirs\n3 NULL anybodys\n"

    assert read(given, text).columns["a"].to_pylist() == ["ours", "anybodys"]


def test_rows_that_do_not_fit_are_said(given: Path) -> None:
    types = read(given, "node_type_id a\n1 x\n2\nthree y\n4 x y\n")

    assert types.columns["a"].to_pylist() == ["x"]
    assert [each.why for each in types.skipped] == ["3 rows don't fit the header"]


@pytest.mark.parametrize("text", [b"", b"\n", b"a,b\n1,2\n", b"\xff\xfe\x00", b'node "broken'])
def test_what_is_no_such_table_is_left_out(given: Path, text: bytes) -> None:
    types = read(given, text)

    assert types.columns == {}
    assert len(types.skipped) == 1


def test_latin_1_is_read(given: Path) -> None:
    assert read(given, "node_type_id a\n1 café\n".encode("latin-1")).columns["a"].to_pylist() == ["café"]
