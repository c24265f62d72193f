"""Conditions on quantities."""

from collections.abc import Callable

import pytest

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many cells with y above 500", "y > 500"),
        ("how many cells with y of at least 500", "y >= 500"),
        ("count cells with 100 < x < 300", "x > 100 AND x < 300"),
        ("count cells with x between 300 and 100", "x BETWEEN 100 AND 300"),
        ("count cells between y=100 and y=400", "y BETWEEN 100 AND 400"),
        ("cells between 100 and 300 in x, count", "x BETWEEN 100 AND 300"),
        ("count cells with x from 0 to 500 and z below 400", "x BETWEEN 0 AND 500 AND z < 400"),
        (
            "count cells with threshold current above 0.1 and below 0.3",
            "threshold_current > 0.1 AND threshold_current < 0.3",
        ),
        ("count cells with x below 900 and above 100", "x < 900 AND x > 100"),
        ("count cells with x < 100 or > 900", "x < 100 OR x > 900"),
        (
            "how many cells have a threshold current above average",
            "threshold_current > (SELECT avg(threshold_current) FROM neurons)",
        ),
        ("count cells with y of 500 or more", "y >= 500"),
        ("count cells in layers 4 and above", "layer IN ('4', '5', '6')"),
        ("mtype of neuron 120", "node_id = 120"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many orders after 2024-06-30", "ordered_at > DATE '2024-06-30'"),
        ("how many orders in 2024", "year(ordered_at) = 2024"),
        ("how many orders before 2024", "year(ordered_at) < 2024"),
        ("how many orders between 2024-01-01 and 2024-03-31", "BETWEEN DATE '2024-01-01' AND DATE '2024-03-31'"),
        ("how many orders cost over 100", "price > 100"),
        ("how many orders weigh less than 2 kg", "weight_kg < 2"),
        ("orders with a discount above 20 %", "discount > 0.2"),
        ("orders with quantity 3", "quantity = 3"),
    ],
)
def test_dates_units_and_adjectives(question: str, expected: str, shop_sql: Written) -> None:
    assert expected in shop_sql(question)
