"""Two groups side by side."""

from collections.abc import Callable

import pytest

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many excitatory vs inhibitory cells", "IN ('EXC', 'INH') GROUP BY synapse_class"),
        ("compare mean y of bAC and cNAC cells", "etype IN ('bAC', 'cNAC') GROUP BY etype"),
        ("are there more excitatory or inhibitory cells?", "GROUP BY synapse_class"),
        ("how many cells in the left and in the right hemisphere", "GROUP BY hemisphere"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


def test_two_of_many_values_are_one_condition(sql: Written) -> None:
    assert "GROUP BY" not in sql("how many bAC and cNAC cells")


def test_the_opposite_of_a_truth_may_be_called_anything(shop_sql: Written) -> None:
    assert shop_sql("express versus normal: average weight").endswith("GROUP BY express")
