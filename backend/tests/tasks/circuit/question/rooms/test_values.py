"""Conditions on categories."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many cells in layer 5", "layer = '5'"),
        ("how many cells in layers 2, 3 and 4", "layer IN ('2', '3', '4')"),
        ("how many cells in layers 2 to 4", "layer IN ('2', '3', '4')"),
        ("how many cells in layer 2/3", "layer IN ('2', '3')"),
        ("how many cells in layers above 4", "layer IN ('5', '6')"),
        ('how many cells with mtype "L5_MC"', "mtype = 'L5_MC'"),
        ("how many cells of type L5_MC", "mtype = 'L5_MC'"),
        ("left hemisphere cells, how many", "hemisphere = 'left'"),
        ("number of bAC or cNAC cells", "etype IN ('bAC', 'cNAC')"),
        ("how many INH cells in layer 1 or in layer 6", "synapse_class = 'INH' AND layer IN ('1', '6')"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize("question", ["how many cells in layer 9", 'how many cells with mtype "L9_MC"'])
def test_what_could_mean_anything_is_refused(question: str, sql: Written) -> None:
    with pytest.raises(Unread):
        sql(question)
