"""By what is grouped."""

from collections.abc import Callable

import pytest

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cells per layer", "GROUP BY layer"),
        ("count by region and hemisphere", "GROUP BY region, hemisphere"),
        ("layer by hemisphere cell counts", "GROUP BY hemisphere, layer"),
        ("breakdown by etype", "count(*) AS count FROM neurons GROUP BY etype"),
        ("histogram of y with bin width 50", "floor(y / 50) * 50"),
        ("count cells in slices of 250 along y", "floor(y / 250) * 250"),
        ("distribution of x positions in 100 um bins", "floor(x / 100) * 100"),
        ("distribution of y", "floor(y / 200.0) * 200.0"),
        ("histogram of threshold current in bins of 0.1", "WHERE threshold_current IS NOT NULL"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize("part", ["month", "year", "quarter"])
def test_dates_are_grouped_by_their_parts(part: str, shop_sql: Written) -> None:
    assert part in shop_sql(f"orders per {part}")
