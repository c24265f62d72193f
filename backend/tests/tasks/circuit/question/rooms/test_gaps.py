"""Conditions on what is not there."""

from collections.abc import Callable

import pytest

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many cells lack an e-type", "etype IS NULL"),
        ("how many cells have no threshold current", "threshold_current IS NULL"),
        ("cells with an unknown etype", "etype IS NULL"),
        ("how many cells where the e-type is missing", "etype IS NULL"),
        ("how many cells with a known e-type", "etype IS NOT NULL"),
        ("how many cells have an e-type", "etype IS NOT NULL"),
        (
            "how many cells have both an e-type and a threshold current",
            "etype IS NOT NULL AND threshold_current IS NOT NULL",
        ),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)
