"""And, or, not, neither."""

from collections.abc import Callable

import pytest

from neuroagent.tasks.circuit.question.outcome import Unread

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "how many cells in layer 4 and excitatory or in layer 5 and inhibitory",
            "(layer = '4' AND synapse_class = 'EXC') OR (layer = '5' AND synapse_class = 'INH')",
        ),
        (
            "how many cells are inhibitory and either in layer 1 or in the right hemisphere",
            "synapse_class = 'INH' AND (layer = '1' OR hemisphere = 'right')",
        ),
        (
            "how many (excitatory cells in layer 5) or (right hemisphere)",
            "(synapse_class = 'EXC' AND layer = '5') OR hemisphere = 'right'",
        ),
        (
            "how many excitatory cells in (layer 5 or the right hemisphere)",
            "synapse_class = 'EXC' AND (layer = '5' OR hemisphere = 'right')",
        ),
        ("how many cells are neither excitatory nor in layer 1", "synapse_class <> 'EXC' AND layer <> '1'"),
        ("how many cells outside layers 5 and 6", "layer NOT IN ('5', '6')"),
        ("how many cells in layer 5 but not cADpyr", "layer = '5' AND etype <> 'cADpyr'"),
        ("which e-types are not found in layer 1", "HAVING NOT bool_or(coalesce(layer = '1', false))"),
        ("which layers have no excitatory cells", "HAVING NOT bool_or(coalesce(synapse_class = 'EXC', false))"),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.mark.parametrize(
    "question",
    ["excitatory cells in layer 5 or the left hemisphere", "for INH cells mean y by etype; for EXC cells too"],
)
def test_what_could_mean_anything_is_refused(question: str, sql: Written) -> None:
    with pytest.raises(Unread):
        sql(question)


def test_a_truth_can_be_denied(shop_sql: Written) -> None:
    assert "express = false" in shop_sql("how many non-express orders")
