"""Words folded alike for both databases, and queries that are never an error of syntax."""

import pytest

from neuroagent.app.db.words import MOST_TERMS, TooManyTerms, Wanted, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Santiago Ramón y CAJAL", ["santiago", "ramon", "y", "cajal"]),
        ("Ramo\u0301n", ["ramon"]),
        ("layer-5/6, snake_case!", ["layer", "5", "6", "snake", "case"]),
        ("Straße ﬁre Ⅷ", ["strasse", "fire", "viii"]),
        ("神経 細胞", ["神経", "細胞"]),
        ("a\0b\ud800c", ["a", "b", "c"]),
        ("«…» --", []),
    ],
)
def test_a_text_is_folded_to_its_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("query", "sqlite", "postgres"),
    [
        ("Layer 5", '("layer" AND "5")', '"layer" "5"'),
        ('"layer 5" -dead', '(("layer 5") NOT ("dead"))', '"layer 5" -"dead"'),
        ("axon OR den-drite", '("axon") OR ("den drite")', '"axon" or "den drite"'),
        ('axon "or" soma', '("axon" AND "or" AND "soma")', '"axon" "or" "soma"'),
        ('"unclosed axon', '("unclosed" AND "axon")', '"unclosed" "axon"'),
    ],
)
def test_a_query_is_read_as_people_write_it(query: str, sqlite: str, postgres: str) -> None:
    wanted = Wanted.read(query)

    assert wanted.for_sqlite == sqlite
    assert wanted.for_postgres == postgres


@pytest.mark.parametrize("query", ["", "***", "-axon", "or or", '""', "- -- -", "\0"])
def test_a_query_that_asks_for_no_word_asks_for_nothing(query: str) -> None:
    assert Wanted.read(query).groups == ()


def test_only_what_is_asked_for_is_marked() -> None:
    assert Wanted.read("axon or soma -dendrite").words == {"axon", "soma"}


def test_nobody_has_typed_so_many_words() -> None:
    with pytest.raises(TooManyTerms, match=str(MOST_TERMS)):
        Wanted.read("a " * (MOST_TERMS + 1))
