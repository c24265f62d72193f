"""Percentages, ratios, differences."""

from collections.abc import Callable

import pytest

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "percentage of inhibitory cells in layer 5",
            "FILTER (WHERE synapse_class = 'INH') / count(*) AS percent FROM neurons WHERE layer = '5'",
        ),
        (
            "what part of layer 5 cells are inhibitory",
            "FILTER (WHERE synapse_class = 'INH') / count(*) AS percent FROM neurons WHERE layer = '5'",
        ),
        (
            "of the layer 5 cells, what percentage is inhibitory",
            "FILTER (WHERE synapse_class = 'INH') / count(*) AS percent FROM neurons WHERE layer = '5'",
        ),
        (
            "fraction of bAC cells among the inhibitory ones",
            "FILTER (WHERE etype = 'bAC') / count(*) AS percent FROM neurons WHERE synapse_class = 'INH'",
        ),
        ("share of each etype within layer 6", "sum(count(*)) OVER () AS percent FROM neurons WHERE layer = '6'"),
        ("share of each etype within each layer", "OVER (PARTITION BY layer)"),
        ("cells per layer in percent", "sum(count(*)) OVER ()"),
        ("ratio of INH to EXC per layer", "1.0 * count(*) FILTER (WHERE synapse_class = 'INH') / nullif("),
        ("difference in mean y between INH and EXC", "avg(y) FILTER (WHERE synapse_class = 'INH') - avg(y) FILTER"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)
