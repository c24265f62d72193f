"""Patterns over kinds."""

import pytest

from neuroagent.tasks.circuit.question.items import Item, Items, Rule, apply, merge


def items(kinds: str) -> Items:
    return [Item(kind, place, place + 1, place) for place, kind in enumerate(kinds.split())]


def kinds(found: Items) -> str:
    return " ".join(item.kind for item in found)


def test_a_rule_goes_on_until_nothing_fits() -> None:
    joined = Rule("pred and pred", lambda found: merge(found, "pred", None))

    assert kinds(apply([joined], items("pred and pred and pred ent"))) == "pred ent"


def test_a_rule_that_declines_leaves_what_is_there() -> None:
    declined = Rule("pred", lambda _: None)

    assert kinds(apply([declined], items("pred ent pred"))) == "pred ent pred"


def test_a_rule_that_does_not_shorten_ends() -> None:
    turned = Rule("pred", lambda found: [found[0].become("pred")])

    assert kinds(apply([turned], items("pred pred"))) == "pred pred"


def test_what_is_merged_spans_its_parts() -> None:
    merged = merge(items("per cat"), "key", None)[0]

    assert (merged.start, merged.end) == (0, 2)


def test_a_kind_that_nobody_announced_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        apply([Rule("pret", lambda _: None)], items("pred"))
