"""A question cut into words, numbers, dates, quoted text and signs."""

from datetime import date

import pytest

from neuroagent.tasks.circuit.question.tokens import plain, tokenise


def values(text: str) -> list[object]:
    return [token.value for token in tokenise(plain(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("above 0.2.", ["above", 0.2]),
        ("1,000,000 cells", [1_000_000, "cells"]),
        ("x > -5", ["x", ">", -5]),
        ("10-20", [10, "-", 20]),
        ("10\u201320", [10, "-", 20]),
        ("1e-3", [0.001]),
        ("300um", [300, "um"]),
        ("the 3rd", ["the", 3]),
        ("five", [5]),
        ("on 2024-06-30", ["on", date(2024, 6, 30)]),
        ("on 2024-13-40", ["on", "2024-13-40"]),
        ('starts with "rp 11"', ["starts", "with", "rp 11"]),
        ("layer's cells", ["layer", "cells"]),
    ],
)
def test_values_are_read(text: str, expected: list[object]) -> None:
    assert values(text) == expected


def test_what_cannot_be_seen_is_a_space() -> None:
    assert plain("layer\u202e5\x00") == "layer 5 "
