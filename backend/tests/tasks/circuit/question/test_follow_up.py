"""Questions that lean on the one before."""

import pytest
from question_sets import Table

from neuroagent.tasks.circuit.question.outcome import Reading
from neuroagent.tasks.circuit.question.read import Abstained, read


def last(neurons: Table, *thread: str) -> str:
    found = read(thread[-1], neurons.index, thread[:-1])
    assert isinstance(found, Reading), found
    return " ".join(found.sql.split())


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        (("how many neurons in layer 4?", "and in layer 5?"), "WHERE layer = '5'"),
        (("how many inhibitory neurons?", "and only in layer 5?"), "WHERE synapse_class = 'INH' AND layer = '5'"),
        (("how many inhibitory neurons?", "per layer"), "GROUP BY layer"),
        (("how many neurons per layer?", "by region instead"), "GROUP BY region"),
        (("how many neurons per layer?", "and by region"), "GROUP BY layer, region"),
        (("how many neurons per layer?", "as percentages"), "100.0 * count(*) / sum(count(*)) OVER ()"),
        (("how many inhibitory neurons?", "as a percentage"), "FILTER (WHERE synapse_class = 'INH') / count(*)"),
        (("average threshold current by layer", "and the median?"), "median(threshold_current)"),
        (("average threshold current by layer", "what about holding current?"), "avg(holding_current)"),
        (("how many neurons per layer?", "top 3"), "ORDER BY count(*) DESC NULLS LAST, layer LIMIT 3"),
        (("how many neurons per layer?", "highest first"), "ORDER BY count(*) DESC"),
        (("how many neurons per layer?", "only those above 400"), "HAVING count(*) > 400"),
    ],
)
def test_what_is_added(neurons: Table, thread: tuple[str, ...], expected: str) -> None:
    assert expected in last(neurons, *thread)


def test_a_thread_adds_up(neurons: Table) -> None:
    written = last(neurons, "how many neurons in layer 4?", "and in layer 5?", "only the inhibitory ones", "per e-type")

    assert written.endswith("WHERE layer = '5' AND synapse_class = 'INH' GROUP BY etype")


def test_a_whole_question_starts_anew(neurons: Table) -> None:
    assert "layer" not in last(neurons, "how many neurons in layer 4?", "how many excitatory neurons are there?")


def test_without_a_question_before_nothing_can_be_added(neurons: Table) -> None:
    assert isinstance(read("as percentages", neurons.index), Abstained)


def test_a_follow_up_that_changes_nothing_is_not_answered(neurons: Table) -> None:
    assert isinstance(read("and now?", neurons.index, ["how many neurons in layer 4?"]), Abstained)
