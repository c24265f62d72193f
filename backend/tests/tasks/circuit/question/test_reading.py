"""How a question was understood."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.question.grammar import parse
from neuroagent.tasks.circuit.question.reading import described, summarised


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        ("how many INH cells per layer", ["INH → synapse_class = 'INH'", "per layer → grouped by layer"]),
        ("which e-types exist", ["rows without etype left out"]),
        ("top 3 m-types", ["most first by number of rows, 3 shown"]),
        ("m-types with more than 150 cells", ["groups with number of rows > 150"]),
        ("average number of cells per layer", ["then the average over those groups"]),
        ("mean y by layer, highest first", ["highest first → largest first"]),
    ],
)
def test_each_part_is_said(question: str, notes: list[str], neurons: Table) -> None:
    text = described(parse(question, neurons.index))

    assert [note for note in notes if note not in text] == []


def test_a_query_without_words_is_said_too(neurons: Table) -> None:
    query = parse("top 3 m-types in layer 5 by number of cells", neurons.index).query

    assert summarised(query) == (
        "number of rows; grouped by mtype; where layer = '5'; sorted by number of rows, largest first; the first 3"
    )
