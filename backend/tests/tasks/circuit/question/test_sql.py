"""A query tree as SQL."""

import duckdb
import pytest

from neuroagent.tasks.circuit.question import tree
from neuroagent.tasks.circuit.question.sql import condition, literal, name, write

COUNT = tree.Aggregate("count")
HOSTILE = ("'; DROP TABLE neurons; --", 'a"b', "100%_\\", "\u202e", "")


@pytest.fixture
def table() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute('CREATE TABLE neurons ("a""b" VARCHAR, "Select" VARCHAR, x DOUBLE)')
    connection.executemany("INSERT INTO neurons VALUES (?, 'kept', 1)", [(text,) for text in HOSTILE])
    return connection


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_a_value(table: duckdb.DuckDBPyConnection, value: str) -> None:
    query = tree.Query(measures=(COUNT,), where=tree.OneOf('a"b', (value,)))

    assert table.execute(write(query)).fetchall() == [(1,)]


@pytest.mark.parametrize("value", HOSTILE[:3])
def test_a_hostile_pattern_matches_itself_alone(table: duckdb.DuckDBPyConnection, value: str) -> None:
    query = tree.Query(measures=(COUNT,), where=tree.Matches('a"b', "contains", value))

    assert table.execute(write(query)).fetchall() == [(1,)]


def test_a_hostile_name_is_only_a_name(table: duckdb.DuckDBPyConnection) -> None:
    query = tree.Query(keys=(tree.Field("Select"),), measures=(COUNT, tree.Aggregate("min", tree.Field('a"b'))))

    assert table.execute(write(query)).fetchall() == [("kept", 5, "")]


@pytest.mark.parametrize(
    ("column", "written"), [("x", "x"), ("X", '"X"'), ("order", '"order"'), ("1a", '"1a"'), ("", '""')]
)
def test_names_are_quoted_where_they_need_it(column: str, written: str) -> None:
    assert name(column) == written


def test_and_binds_more_closely_than_or() -> None:
    one, other = tree.OneOf("a", ("1",)), tree.Missing("b")

    assert condition(tree.AllOf((one, tree.AnyOf((one, other))))) == "a = '1' AND (a = '1' OR b IS NULL)"
    assert condition(tree.Not(tree.AnyOf((one, other)))) == "NOT (a = '1' OR b IS NULL)"


def test_columns_of_the_answer_have_names_of_their_own() -> None:
    measures = tuple(tree.Aggregate("count", where=tree.OneOf("a", (value,))) for value in "bc")

    assert "count_of_part, " in write(tree.Query(measures=measures))
    assert "count_of_part_2" in write(tree.Query(measures=measures))


def test_a_truth_is_no_number() -> None:
    assert literal(value=True) == "true"
    assert literal(1) == "1"


def test_the_same_question_gets_the_same_order() -> None:
    query = tree.Query(keys=(tree.Field("a"),), measures=(COUNT,), order=(tree.Order(COUNT, descending=True),), limit=3)

    assert "ORDER BY count(*) DESC NULLS LAST, a\nLIMIT 3" in write(query)
