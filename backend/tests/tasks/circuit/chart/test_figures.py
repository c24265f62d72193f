"""Plotly figures."""

import json

from neuroagent.tasks.circuit.chart.columns import Column
from neuroagent.tasks.circuit.chart.figures import bar, heatmap, histogram, label, line, positions, scatter

LAYERS = Column("layer", "category", ("1", "2"))
COUNTS = Column("n", "number", (10, 20))
MEANS = Column("mean", "number", (1.5, None))


def test_a_bar_for_each_category_and_a_colour_for_each_number() -> None:
    assert bar(LAYERS, [COUNTS, MEANS]) == {
        "data": [
            {"type": "bar", "x": ["1", "2"], "y": [10, 20], "name": "n"},
            {"type": "bar", "x": ["1", "2"], "y": [1.5, None], "name": "mean"},
        ],
        "layout": {
            "showlegend": True,
            "xaxis": {"title": {"text": "layer"}, "type": "category"},
            "yaxis": {"title": {"text": ""}},
        },
    }


def test_a_cell_that_nobody_has_is_empty() -> None:
    figure = heatmap(
        Column("layer", "category", ("1", "2", "1")),
        Column("class", "category", ("EXC", "EXC", "INH")),
        Column("n", "number", (1, 2, 3)),
    )

    assert json.loads(json.dumps(figure))["data"][0]["z"] == [[1, 2], [3, None]]


def test_points_are_coloured_by_group() -> None:
    figure = positions(MEANS, COUNTS, COUNTS, Column("layer", "category", ("1", None)))

    assert [(trace["name"], trace["x"], trace["z"]) for trace in json.loads(json.dumps(figure))["data"]] == [
        ("1", [1.5], [10]),
        ("(none)", [None], [20]),
    ]


def test_words_of_strangers_are_text() -> None:
    hostile = '<a href="javascript:alert(1)">&</a><b>'
    column = Column(hostile, "category", (hostile, "b"))
    numbers = Column(hostile, "number", (1, 2))

    for figure in (
        bar(column, [numbers]),
        line(numbers, [numbers]),
        scatter(numbers, numbers, column),
        heatmap(column, column, numbers),
        positions(numbers, numbers, numbers, column),
        histogram(numbers),
    ):
        assert "<" not in json.dumps(figure)
    assert label(hostile).startswith("&lt;a href")
    assert len(label("x" * 1_000)) == 200
