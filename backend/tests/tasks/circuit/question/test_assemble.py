"""The pieces put together."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what m-types are there", "SELECT DISTINCT mtype FROM neurons"),
        ("which e-types exist", "SELECT DISTINCT etype FROM neurons WHERE etype IS NOT NULL"),
        ("ids of the cells in layer 1", "SELECT node_id FROM neurons WHERE layer = '1'"),
        ("coordinates of neuron 17", "SELECT x, y, z FROM neurons WHERE node_id = 17"),
        ("threshold current of the layer 1 cells", "SELECT node_id, threshold_current FROM neurons WHERE layer = '1'"),
        ("show layer, mtype and region of cells with y above 1900", "SELECT layer, mtype, region FROM neurons"),
        ("inhibitory cells in layer 1", "SELECT * FROM neurons WHERE synapse_class = 'INH' AND layer = '1'"),
        ("which m-types are in both layer 2 and layer 3", "HAVING count(DISTINCT layer) = 2"),
        ("is there any cADpyr cell in layer 1", "SELECT count(*)"),
    ],
)
def test_it_is_one_query(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize(
    "question",
    ["please", "as percentages", "compare hemispheres", "count cells by y", "inhibitory cells as a percentage"],
)
def test_what_could_mean_anything_is_refused(question: str, sql: Written) -> None:
    with pytest.raises(Unread):
        sql(question)
