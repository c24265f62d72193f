"""Where things are."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "how many cells within 300 um of (500, -1000, 500)",
            "sqrt((x - 500.0) ** 2 + (y + 1000.0) ** 2 + (z - 500.0) ** 2) <= 300",
        ),
        (
            "the 10 cells closest to the point 1, 2, 3",
            "ORDER BY sqrt((x - 1.0) ** 2 + (y - 2.0) ** 2 + (z - 3.0) ** 2) NULLS LAST LIMIT 10",
        ),
        ("average distance from the origin per layer", "avg(sqrt("),
        ("how many cells within 100 um of the centroid", "sqrt((x - (SELECT avg(x) FROM neurons)) ** 2"),
        ("average distance from the centroid of layer 5 per region", "(SELECT avg(z) FROM neurons WHERE layer = '5')"),
        ("mean distance from the centre for each layer", "GROUP BY layer"),
        ("the 10 highest neurons", "ORDER BY y DESC NULLS LAST LIMIT 10"),
        ("the 3 lowest excitatory cells", "WHERE synapse_class = 'EXC' ORDER BY y NULLS LAST LIMIT 3"),
        ("average depth per layer", "avg(y) AS avg_y"),
        ("centroid of each layer", "avg(x) AS avg_x, avg(y) AS avg_y, avg(z) AS avg_z"),
        ("where is the centre of layer 5", "avg(z)"),
        ("bounding box of inhibitory cells", "min(x) AS min_x, max(x) AS max_x"),
        ("how many cells in the box from (0,0,0) to (10,20,30)", "x BETWEEN 0.0 AND 10.0 AND y BETWEEN 0.0 AND 20.0"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize(
    "question", ["cells in the box", "distance of the cells", "mean distance from the centroid of each layer"]
)
def test_what_could_mean_anything_is_refused(question: str, sql: Written) -> None:
    with pytest.raises(Unread):
        sql(question)


def test_orders_are_nowhere(shop_sql: Written) -> None:
    with pytest.raises(Unread):
        shop_sql("how many orders within 5 of (1, 2, 3)?")
