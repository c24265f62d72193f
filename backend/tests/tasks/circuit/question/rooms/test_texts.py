"""Conditions on how a text is written."""

from collections.abc import Callable

import pytest

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many cells have a morphology starting with rp11", "morphology ILIKE 'rp11%'"),
        ('m-types ending in "PC"', "mtype ILIKE '%PC'"),
        ("how many cells have MC in their m-type", "mtype ILIKE '%MC%'"),
        ('m-types containing "a%b"', "mtype ILIKE '%a\\%b%'"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)
