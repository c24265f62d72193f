"""Questions that work, and names that are close."""

from question_sets import Table, table

from neuroagent.tasks.circuit.question.suggest import nearest, suggestions


def test_suggestions_are_about_what_was_named(neurons: Table) -> None:
    assert all("region" in suggestion for suggestion in suggestions(neurons.index, "something about region"))


def test_a_table_of_another_domain_speaks_its_own_words(orders: Table) -> None:
    assert all("orders" in each or "average" in each or "common" in each for each in suggestions(orders.index))


def test_what_a_row_is_called_comes_from_its_number() -> None:
    assert "How many recordings per subject?" in suggestions(table("recordings").index)


def test_columns_and_values_that_are_close(neurons: Table) -> None:
    assert "threshold_current" in nearest("tresholdcurrent", neurons.index)
    assert "L5_MC" in nearest("L5_MD", neurons.index)
    assert nearest("xyzzy", neurons.index) == ()
