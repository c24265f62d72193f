"""What is left when every room has been through."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.question.grammar import parse
from neuroagent.tasks.circuit.question.outcome import Unread


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("what does cADpyr mean", "mean"),
        ("are all cells in layer 1 inhibitory", "are all"),
        ("largest layer", "largest"),
        ("how many cells in the box", "box"),
        ("how many cells and how many are inhibitory", "one thing at a time"),
        ("which e-types are in both hemispheres", "in both"),
    ],
)
def test_a_piece_without_a_place_is_refused(question: str, left: str, neurons: Table) -> None:
    with pytest.raises(Unread, match=left):
        parse(question, neurons.index)
