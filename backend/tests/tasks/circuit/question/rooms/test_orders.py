"""Sorting, limits, and which groups stay."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many regions have more than 500 cells", "SELECT count(*) AS count FROM ( SELECT region"),
        ("m-types with exactly 43 cells", "HAVING count(*) = 43"),
        ("etypes with less than 5% of the cells", "OVER () < 5"),
        ("mtypes with a mean y between 100 and 300", "HAVING avg(y) >= 100 AND avg(y) <= 300"),
        ("cells sorted by y, top 20", "ORDER BY y DESC NULLS LAST LIMIT 20"),
        ("cells per layer, largest first", "ORDER BY count(*) DESC"),
        ("mean y by layer sorted by layer", "ORDER BY layer NULLS LAST"),
        ("mean and max y by layer, sorted by max", "ORDER BY max(y) DESC"),
        ("sort the layers by number of cells", "ORDER BY count(*) DESC"),
        ("m-types with more than 150 cells", "HAVING count(*) > 150"),
        ("which m-types have a mean y over 900", "HAVING avg(y) > 900"),
        ("m-types found only in layer 1", "HAVING bool_and(coalesce(layer = '1', false))"),
        ("m-types that occur in more than one layer", "HAVING count(DISTINCT layer) > 1"),
        (
            "layers with more inhibitory than excitatory cells",
            "HAVING count(*) FILTER (WHERE synapse_class = 'INH') > count(*) FILTER",
        ),
        ("show 10 neurons", "SELECT * FROM neurons LIMIT 10"),
        (
            "inhibitory cells by etype in percent, only those above 5 %",
            "QUALIFY 100.0 * count(*) / sum(count(*)) OVER () > 5",
        ),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize("question", ["average y, only those above 5", "show neurons sorted by their count"])
def test_what_could_mean_anything_is_refused(question: str, sql: Written) -> None:
    with pytest.raises(Unread):
        sql(question)
