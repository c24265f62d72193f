"""Plain column names, each once whatever its case."""

import pytest

from neuroagent.tasks.circuit.naming import LONGEST, column_names, plain


@pytest.mark.parametrize(
    ("name", "expected"),
    [("x", "x"), ("a b-c", "a_b_c"), ('";--', "column"), ("", "column"), ("größe", "größe"), ("@dyn:tau", "dyn_tau")],
)
def test_a_name_has_letters_digits_and_underscores(name: str, expected: str) -> None:
    assert plain(name) == expected


def test_a_name_is_cut_where_nobody_would_type_it_any_more() -> None:
    assert len(plain("n" * 500)) == LONGEST


def test_the_attribute_itself_keeps_its_name_and_the_nested_one_gets_a_longer_one() -> None:
    names = column_names([("dynamics_params", "tau"), ("tau",), ("Tau",)], taken=("node_id",))

    assert names == {("tau",): "tau", ("Tau",): "Tau_2", ("dynamics_params", "tau"): "dynamics_params_tau"}


def test_a_taken_name_is_not_given_again() -> None:
    assert column_names([("NODE_ID",)], taken=("node_id",)) == {("NODE_ID",): "NODE_ID_2"}
