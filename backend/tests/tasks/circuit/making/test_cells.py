"""The kinds of cells a made circuit has."""

import pytest

from neuroagent.tasks.circuit.making.cells import LAYERS, cell_types


def test_shares_add_up_and_every_layer_is_inhabited() -> None:
    types = cell_types()

    assert sum(each.share for each in types) == pytest.approx(1)
    assert {each.layer for each in types} == set(LAYERS)
    assert len({each.me_type for each in types}) == len(types)


def test_what_a_type_is_called_says_what_it_is() -> None:
    for each in cell_types():
        assert each.mtype.startswith(f"L{each.layer}_")
        assert (each.morph_class == "PYR") == (each.synapse_class == "EXC")
        assert each.etype in each.template
