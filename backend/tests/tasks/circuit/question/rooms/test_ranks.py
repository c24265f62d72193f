"""The most and the least."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("most common m-type", "GROUP BY mtype ORDER BY count(*) DESC NULLS LAST, mtype LIMIT 1"),
        ("the 10 highest threshold currents", "SELECT node_id, threshold_current FROM neurons"),
        ("5 rarest m-types", "ORDER BY count(*) NULLS LAST, mtype LIMIT 5"),
        ("second most common m-type", "LIMIT 1 OFFSET 1"),
        ("top 3 m-types in every layer", "PARTITION BY layer ORDER BY count(*) DESC NULLS LAST, layer, mtype) <= 3"),
        (
            "which layer has the most inhibitory cells",
            "WHERE synapse_class = 'INH' GROUP BY layer ORDER BY count(*) DESC",
        ),
        ("top three regions by number of cells", "LIMIT 3"),
        ("in which layer is the mean y lowest", "ORDER BY avg(y) NULLS LAST, layer LIMIT 1"),
        ("neurons with the five largest y", "SELECT node_id, y FROM neurons ORDER BY y DESC NULLS LAST LIMIT 5"),
        ("which neuron in each layer has the highest y", "SELECT layer, node_id, y"),
        ("largest y per layer", "max(y)"),
        ("which region has the highest share of inhibitory cells", "ORDER BY 100.0"),
        ("least common etype", "WHERE etype IS NOT NULL"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


def test_an_adjective_ranks_what_it_stands_before(shop_sql: Written) -> None:
    assert shop_sql("10 heaviest orders") == (
        "SELECT order_id, weight_kg FROM neurons ORDER BY weight_kg DESC NULLS LAST LIMIT 10"
    )


def test_both_ends_are_figures(shop_sql: Written) -> None:
    assert "min(price) AS min_price, max(price) AS max_price" in shop_sql("cheapest price and most expensive price")


def test_by_a_quantity_of_groups_could_be_its_sum_or_its_mean(shop_sql: Written) -> None:
    with pytest.raises(Unread):
        shop_sql("the two best selling products by quantity")
