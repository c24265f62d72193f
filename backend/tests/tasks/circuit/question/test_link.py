"""Words linked to what they can be."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.profile import Column, Profile, ValueCount
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.question.link import link
from neuroagent.tasks.circuit.question.outcome import Ambiguous
from neuroagent.tasks.circuit.question.tree import OneOf

SIDES = tuple(
    Column(name, "text", "VARCHAR", distinct=2, values=(ValueCount("north", 5), ValueCount("south", 5)))
    for name in ("origin", "target")
)


def kinds(text: str, index: Index) -> list[str]:
    return [item.kind for item in link(text, index)]


@pytest.mark.parametrize("text", ["L5_TPC:A", "l5_tpc:a", "L5 TPC A", "L5-TPC-A"])
def test_a_value_is_found_however_it_is_joined(neurons: Table, text: str) -> None:
    assert link(text, neurons.index)[0].value == OneOf("mtype", ("L5_TPC:A",))


def test_a_capital_tells_a_value_from_a_word() -> None:
    layer = Column("layer", "text", "VARCHAR", distinct=1, values=(ValueCount("SO", 5),))
    index = Index(Profile("p", 5, (layer,)), {})

    assert kinds("SO", index) == ["pred"]
    assert kinds("so", index) == []


def test_l5_is_layer_5(neurons: Table) -> None:
    assert link("L5", neurons.index)[0].value == OneOf("layer", ("5",))


def test_an_unknown_word_stays_one(neurons: Table) -> None:
    assert kinds("astrocytes", neurons.index) == ["word"]


def test_a_value_of_two_columns_is_asked_back() -> None:
    with pytest.raises(Ambiguous, match="several columns") as doubt:
        link("north", Index(Profile("p", 10, SIDES), {}))

    assert [label for label, _ in doubt.value.choices] == ["origin = north", "target = north"]


def test_a_column_that_is_named_settles_it() -> None:
    found = link("target north", Index(Profile("p", 10, SIDES), {}))

    assert found[-1].value == OneOf("target", ("north",))


def test_a_word_of_two_columns_is_asked_back(neurons: Table) -> None:
    with pytest.raises(Ambiguous, match="threshold_current or holding_current"):
        link("average current", neurons.index)
