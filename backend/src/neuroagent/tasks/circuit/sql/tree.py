"""A statement as the engine itself reads it: the parser is the one that would run it, so nothing is read twice."""

import json
from typing import Any, Final

import duckdb

from neuroagent.tasks.circuit.sql.engine import Engine
from neuroagent.tasks.circuit.sql.refusal import Refusal, unsafe

SERIALISE: Final = "SELECT json_serialize_sql(?)"
Tree = dict[str, Any]
TOO_DEEP: Final = "The SQL is nested too deeply; write it flatter, for example with WITH."


def parse(sql: str, engine: Engine, longest: int) -> tuple[str, Tree]:
    """The one statement's own text and its tree; nothing is bound, opened or run."""
    if len(sql) > longest:
        raise unsafe(f"The SQL has {len(sql)} characters; at most {longest} are run.")
    text = _only_statement(sql, engine)
    try:
        row = engine.execute(SERIALISE, [text]).fetchone()
        read = json.loads(row[0]) if row else {}
    except RecursionError:
        raise unsafe(TOO_DEEP) from None
    statements = read.get("statements", [])
    if read.get("error", True) or len(statements) != 1:
        raise unsafe(f"Only a SELECT is run, and this isn't one: {read.get('error_message') or text[:200]}")
    return text, statements[0]


def _only_statement(sql: str, engine: Engine) -> str:
    try:
        statements = engine.extract_statements(sql)
    except duckdb.Error as error:
        if "expression depth" in str(error):
            raise unsafe(TOO_DEEP) from None
        raise Refusal("failed", f"The SQL can't be read: {str(error)[:500]}") from None
    if len(statements) != 1:
        raise unsafe(f"One SELECT is run at a time, and these are {len(statements)} statements.")
    statement = statements[0]
    if statement.type != duckdb.StatementType.SELECT:
        raise unsafe(f"Only a SELECT is run, and this is {statement.type.name}.")
    if statement.named_parameters:
        raise unsafe("The SQL has parameters (? or $1); write the values themselves.")
    return statement.query.rstrip("; \t\r\n").lstrip()
