"""The rooms one after the other."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.question.grammar import parse
from neuroagent.tasks.circuit.question.outcome import Unplaced


def test_every_word_that_has_no_place_is_named(neurons: Table) -> None:
    with pytest.raises(Unplaced) as unplaced:
        parse("how many astrocytes and pericytes are there", neurons.index)

    assert unplaced.value.words == ("astrocytes", "pericytes")


def test_slips_are_told(neurons: Table) -> None:
    assert parse("mean threshhold current", neurons.index).mended == (("threshhold", "threshold"),)
