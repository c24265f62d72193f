"""What is refused before it runs, and that what people ask isn't."""

from pathlib import Path

import pytest
from tasks.circuit.sql.population import ask

from neuroagent.tasks.circuit.sql.check import check
from neuroagent.tasks.circuit.sql.engine import open_engine
from neuroagent.tasks.circuit.sql.errors import UnsafeSql
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.refusal import Refusal
from neuroagent.tasks.circuit.sql.tree import parse

LEGITIMATE = [
    statement.strip()
    for statement in (Path(__file__).parent / "legitimate.sql").read_text(encoding="utf-8").split(";\n")
    if statement.strip()
]


def refusal(sql: str) -> str:
    with open_engine() as engine, pytest.raises(Refusal) as refused:
        check(parse(sql, engine, 20_000)[1], "neurons")
    return str(refused.value)


@pytest.mark.parametrize("sql", LEGITIMATE)
def test_what_people_ask_is_answered(jail: Jail, neurons: Path, sql: str) -> None:
    answered = ask(jail, sql, neurons)

    assert answered.rows
    assert answered.end.row_count == len(answered.rows) or answered.end.truncated


def test_there_are_enough_of_them() -> None:
    assert len(LEGITIMATE) >= 60


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM 'data.csv'", "no table 'data.csv'"),
        ("SELECT * FROM main.neurons", "'main.neurons'"),
        ("SELECT main.sum(x) FROM neurons", "'main.sum'"),
        ("SELECT averge(x) FROM neurons", "nearest is avg"),
        ("SELECT x::JSON FROM neurons", "type 'json'"),
        ("SELECT x::main.INTEGER FROM neurons", "type 'integer'"),
        ("DESCRIBE neurons", "DESCRIBE, SHOW or SUMMARIZE"),
        ("WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT * FROM t", "WITH RECURSIVE"),
        ("WITH d AS (DELETE FROM neurons RETURNING *) SELECT * FROM d", "DELETE"),
        ("SELECT * FROM neurons AT (VERSION => 1)", "no versions"),
        ("SELECT * FROM range(1000000)", "at most 100000"),
        ("SELECT * FROM range((SELECT max(node_id) FROM neurons))", "whole numbers"),
        ("SELECT * FROM main.range(3)", "'main.range'"),
        ("SELECT * FROM read_csv('x')", "read_csv"),
        ("SELECT * FROM neurons WHERE x = $1", "parameters"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("DROP TABLE neurons", "DROP"),
        ("", "0 statements"),
        ('WITH "a.csv" AS (SELECT 1) SELECT * FROM "a.csv"', "'a.csv'"),
        ("WITH duckdb_x AS (SELECT 1) SELECT * FROM duckdb_x", "'duckdb_x'"),
    ],
)
def test_a_refusal_says_what_and_what_to_write_instead(sql: str, said: str) -> None:
    assert said in refusal(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
        "WITH a AS (SELECT * FROM a) SELECT * FROM a",
        "SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a), a",
        "SELECT (WITH a AS (SELECT 1 AS n) SELECT n FROM a), (SELECT n FROM a)",
    ],
)
def test_a_with_query_is_a_table_only_where_it_can_be_seen(sql: str) -> None:
    assert "no table" in refusal(sql)


def test_a_statement_nested_without_end_is_refused(jail: Jail, neurons: Path) -> None:
    deep = "SELECT * FROM " + "(SELECT * FROM " * 900 + "neurons" + ")" * 900

    with pytest.raises(UnsafeSql, match="nested too deeply"):
        ask(jail, deep, neurons)


def test_one_that_is_too_long_is_refused(jail: Jail, neurons: Path) -> None:
    with pytest.raises(UnsafeSql, match="characters; at most 20000"):
        ask(jail, "SELECT 1 --" + "x" * 20_000, neurons)
