"""A few words around the hit, those looked for marked."""

import pytest

from neuroagent.app.chat.search.snippet import LONGEST, Piece, snippet


def shown(text: str, *words: str) -> str:
    return "".join(f"«{piece.text}»" if piece.marked else piece.text for piece in snippet(text, frozenset(words)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Cells of Layer 5.", "«Cells» of «Layer» 5."),
        ("the ÇELLS", "the «ÇELLS»"),
        ("unlayered", "unlayered"),
        ("sub_layer x", "«sub_layer» x"),
        ("", ""),
        ("<b>layer</b>", "<b>«layer»</b>"),
    ],
)
def test_whole_words_are_marked_as_they_were_written(text: str, said: str) -> None:
    assert shown(text, "layer", "cells") == said


def test_it_begins_a_little_before_the_first_hit() -> None:
    said = shown("word " * 100 + "axon " + "word " * 100, "axon")

    assert said.startswith("… word ")
    assert "«axon»" in said
    assert said.endswith(" …")
    assert len(said) < LONGEST + 10


def test_a_word_without_end_is_cut_like_any_other() -> None:
    pieces = snippet("x" * 10_000 + " axon", frozenset({"axon"}))

    assert Piece("axon", marked=True) in pieces
    assert sum(len(piece.text) for piece in pieces) < LONGEST + 10
