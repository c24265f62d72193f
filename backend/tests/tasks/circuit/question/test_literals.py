"""Values that a statement compares with and that are not there."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.question.literals import strangers


@pytest.mark.parametrize(
    "where",
    ["layer = 'L5'", "layer <> 'L5'", "\"layer\" = 'L5'", "layer IN ('5', 'L5')", "layer NOT IN ('L5')", "LAYER='L5'"],
)
def test_a_stranger_is_found(neurons: Table, where: str) -> None:
    found = list(strangers(f"SELECT count(*) FROM neurons WHERE {where}", neurons.index.profile))

    assert len(found) == 1
    assert found[0].startswith("layer has no value 'L5'; it has '5'")


@pytest.mark.parametrize(
    "where", ["layer = '5'", "layer LIKE 'L%'", "x = 'L5'", "nothing = 'L5'", "layer IN ('1', '2')"]
)
def test_what_is_there_or_no_comparison_is_left(neurons: Table, where: str) -> None:
    assert list(strangers(f"SELECT count(*) FROM neurons WHERE {where}", neurons.index.profile)) == []
