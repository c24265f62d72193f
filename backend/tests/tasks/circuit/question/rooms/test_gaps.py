"""Conditions on what is not there."""

from collections.abc import Callable

import pytest
from question_sets import table

from neuroagent.tasks.circuit.question.grammar import parse
from neuroagent.tasks.circuit.question.outcome import Unread
from neuroagent.tasks.circuit.question.sql import write

Written = Callable[[str], str]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many cells lack an e-type", "etype IS NULL"),
        ("how many cells have no threshold current", "threshold_current IS NULL"),
        ("cells with an unknown etype", "etype IS NULL"),
        ("how many cells where the e-type is missing", "etype IS NULL"),
        ("how many cells with a known e-type", "etype IS NOT NULL"),
        ("how many cells have an e-type", "etype IS NOT NULL"),
        (
            "how many cells have both an e-type and a threshold current",
            "etype IS NOT NULL AND threshold_current IS NOT NULL",
        ),
    ],
)
def test_it_is_read(question: str, expected: str, sql: Written) -> None:
    assert expected in sql(question)


@pytest.fixture
def recordings_sql() -> Written:
    index = table("recordings").index
    return lambda question: " ".join(write(parse(question, index).query).split())


def test_no_spikes_are_none_of_them_where_every_row_has_a_number(recordings_sql: Written) -> None:
    assert "WHERE spikes = 0" in recordings_sql("how many recordings with no spikes")
    assert "WHERE spikes IS NULL" in recordings_sql("how many recordings with spikes missing")
    assert "WHERE resting_potential IS NULL" in recordings_sql("how many recordings with no resting potential")


def test_a_noun_behind_a_value_is_not_taken_for_a_group(recordings_sql: Written) -> None:
    with pytest.raises(Unread, match="whether to group by subject"):
        recordings_sql("mean input resistance of female subjects")


def test_the_mean_number_of_spikes_is_that_of_their_column(recordings_sql: Written) -> None:
    assert "SELECT cell_type, avg(spikes)" in recordings_sql("mean number of spikes per cell type")


def test_by_one_value_is_a_condition(recordings_sql: Written) -> None:
    assert "WHERE experimenter = 'Okafor'" in recordings_sql("number of recordings by Okafor")
