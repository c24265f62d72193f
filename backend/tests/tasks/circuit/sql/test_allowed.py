"""The lists name what there is."""

import duckdb

from neuroagent.tasks.circuit.sql import allowed
from neuroagent.tasks.circuit.sql.engine import open_engine

OPENERS = ["query", "getenv", "repeat", "range", "current_setting", "json_execute_serialized_sql", "list_aggregate"]


def test_every_allowed_function_is_one_of_the_engine() -> None:
    with open_engine() as engine:
        there = {name.lower() for (name,) in engine.execute("SELECT function_name FROM duckdb_functions()").fetchall()}

    assert there >= allowed.FUNCTIONS


def test_no_function_that_opens_something_is_allowed() -> None:
    with duckdb.connect(":memory:") as engine:
        tables = engine.execute("SELECT function_name FROM duckdb_functions() WHERE function_type LIKE '%table%'")
        making_tables = {name for (name,) in tables.fetchall()}

    # a histogram is an aggregate too; reading from one is refused
    assert (making_tables | {*OPENERS}) & allowed.FUNCTIONS == {"histogram", "unnest"}
