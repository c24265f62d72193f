"""Populations in several groups: each node's attributes lie at some place of some group."""

import numpy as np
import pyarrow as pa
import pytest

from neuroagent.tasks.circuit.groups import Membership, Part, combined
from neuroagent.tasks.circuit.values import Mapped, Numbers, Same, Values


@pytest.fixture
def placed() -> Membership:
    ids, places = Mapped(np.array([0, 1, 1, 0, 2])), Mapped(np.array([1, 0, 1, 0, 0]))
    return Membership({}, {"0": 2, "1": 2, "2": 1}, ids, places, {"0": 0, "1": 1, "2": 2})


def numbers(*values: float) -> Values:
    return Numbers(Mapped(np.array(values)))


def test_each_node_gets_its_own_and_who_has_none_gets_nothing(placed: Membership) -> None:
    values = combined(placed, [Part("0", numbers(1, 2)), Part("1", numbers(10, 20))], None)

    assert values.read(0, 5).to_pylist() == [2, 10, 20, 1, None]
    assert values.read(1, 4).to_pylist() == [10, 20, 1]


def test_who_has_none_of_his_own_gets_what_his_type_says(placed: Membership) -> None:
    assert combined(placed, [Part("0", Same("own"))], Same("typed")).read(0, 5).to_pylist() == [
        *("own", "typed", "typed", "own", "typed")
    ]


@pytest.mark.parametrize(("others", "kind"), [(Numbers(Mapped(np.array([7, 8]))), pa.float64()), (Same("x"), None)])
def test_groups_that_differ_in_type_meet_in_one_that_holds_both(
    placed: Membership, others: Values, kind: pa.DataType | None
) -> None:
    values = combined(placed, [Part("0", numbers(1.5, 2.5)), Part("1", others)], None)

    assert values.read(0, 2).to_pylist() == ([2.5, 7.0] if kind else ["2.5", "x"])


def test_a_place_that_the_group_has_not_got_is_missing(placed: Membership) -> None:
    far = Membership(placed.groups, placed.sizes, placed.ids, Mapped(np.array([1, 9, -1, 0, 0])), placed.numbers)

    assert combined(far, [Part("1", numbers(10, 20))], None).read(0, 5).to_pylist() == [None] * 5


def test_with_one_group_nothing_is_put_together() -> None:
    values = numbers(1, 2)

    assert combined(Membership({}, {}), [Part("0", values)], Same("typed")) is values
