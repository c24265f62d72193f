"""A statement as the engine reads it."""

from collections.abc import Iterator

import duckdb
import pytest

from neuroagent.tasks.circuit.sql.engine import Engine, open_engine
from neuroagent.tasks.circuit.sql.refusal import Refusal
from neuroagent.tasks.circuit.sql.tree import parse


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


def test_the_text_is_the_statement_alone(engine: Engine) -> None:
    text, tree = parse("  SELECT 1 ;  ", engine, 100)

    assert text == "SELECT 1"
    assert tree["node"]["type"] == "SELECT_NODE"


@pytest.mark.parametrize(
    ("sql", "reason", "said"),
    [
        ("SELEC 1", "failed", "can't be read: Parser Error"),
        ("SELECT 1; SELECT 2", "unsafe", "2 statements"),
        ("COPY (SELECT 1) TO 'x'", "unsafe", "COPY"),
        ("SELECT ?", "unsafe", "parameters"),
        ("SELECT " + "(" * 300 + "1" + ")" * 300 + "+ 1" * 300, "unsafe", "nested too deeply"),
        ("SELECT 12345", "unsafe", "at most 10"),
    ],
)
def test_what_isnt_one_select_is_refused(engine: Engine, sql: str, reason: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        parse(sql, engine, 10 if "12345" in sql else 20_000)

    assert refused.value.reason == reason


def test_nothing_is_bound_or_run(engine: Engine) -> None:
    parse("SELECT nope(x) FROM 'not there.csv'", engine, 100)

    with pytest.raises(duckdb.Error):
        engine.execute("SELECT nope(x) FROM 'not there.csv'")
