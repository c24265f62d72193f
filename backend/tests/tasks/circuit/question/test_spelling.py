"""Slips of the keyboard."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.question.spelling import mend, slips


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("mean threshhold current", "mean threshold current"),
        ("exitatory cells", "excitatory cells"),
        ("hemipshere", "hemisphere"),
        ("avreage y", "average y"),
    ],
)
def test_a_slip_is_mended(neurons: Table, written: str, meant: str) -> None:
    mended = mend(written, neurons.index)

    assert mended.text == meant
    assert len(mended.slips) == 1


@pytest.mark.parametrize("text", ["thalamus", "three cells", "where are they", "L5_MD", '"threshhold"', "plase"])
def test_what_may_be_meant_is_left(neurons: Table, text: str) -> None:
    assert mend(text, neurons.index).text == text


def test_swapped_letters_are_one_slip() -> None:
    assert slips("hemipshere", "hemisphere", 2) == 1
    assert slips("layer", "mtype", 2) == 3
