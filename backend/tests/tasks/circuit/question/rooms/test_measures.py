"""What is counted or computed."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("average number of cells per layer", "SELECT avg(count) AS avg_count FROM ( SELECT layer, count(*)"),
        ("what is the maximum number of cells in a layer", "SELECT max(count) AS max_count FROM ( SELECT layer"),
        ("average number of m-types per layer", "SELECT avg(distinct_mtype)"),
        ("max and min of y", "max(y) AS max_y, min(y) AS min_y"),
        ("mean x, y and z", "avg(x) AS avg_x, avg(y) AS avg_y"),
        ("how many m-types", "count(DISTINCT mtype)"),
        ("number of distinct morphologies", "count(DISTINCT morphology)"),
        ("90th percentile of y", "quantile_cont(y, 0.9)"),
        ("first quartile of y", "quantile_cont(y, 0.25)"),
        ("correlation between x and y", "corr(x, y)"),
        ("is x correlated with y", "corr(x, y)"),
        ("total number of cells", "count(*)"),
        ("range of y", "max(y) - min(y)"),
        ("variance of x vs variance of y", "var_samp(x) AS variance_x, var_samp(y)"),
        ("mean y and count per layer", "avg(y) AS avg_y, count(*)"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize("question", ["average layer", "what is the mean", "150th percentile of y"])
def test_what_could_mean_anything_is_refused(question: str, sql: Written) -> None:
    with pytest.raises(Unread):
        sql(question)
