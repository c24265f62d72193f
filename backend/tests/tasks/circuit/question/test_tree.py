"""A question as a tree."""

from neuroagent.tasks.circuit.question.tree import AllOf, Missing, both


def test_conditions_add_up() -> None:
    one, other = Missing("a"), Missing("b")

    assert both(None, one) == one
    assert both(one, None) == one
    assert both(AllOf((one, other)), one) == AllOf((one, other))
