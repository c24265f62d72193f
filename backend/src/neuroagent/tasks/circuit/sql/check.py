"""Whether a statement is made of nothing but what is allowed: reading, calculating, and the one table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from neuroagent.tasks.circuit.sql import allowed
from neuroagent.tasks.circuit.sql.refusal import unsafe
from neuroagent.tasks.circuit.sql.tree import TOO_DEEP, Tree

PLAIN_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
OF_THE_ENGINE: Final = ("duckdb_", "information_schema", "pg_", "pragma_", "sqlite_")
BARE: Final = allowed.QUERIES | allowed.TABLES | allowed.MODIFIERS | allowed.ORDERS


@dataclass(frozen=True)
class Scope:
    """The tables that can be named here: the one there is, and the WITH queries written before."""

    table: str
    queries: frozenset[str] = frozenset()

    def with_query(self, name: str) -> "Scope":
        return Scope(self.table, self.queries | {name.lower()})

    def has(self, name: str) -> bool:
        return name.lower() == self.table.lower() or name.lower() in self.queries


def check(tree: Tree, table: str) -> None:
    try:
        _check(tree, Scope(table))
    except RecursionError:
        raise unsafe(TOO_DEEP) from None


def _check(node: Any, scope: Scope) -> None:
    if isinstance(node, list):
        for each in node:
            _check(each, scope)
    elif isinstance(node, dict):
        scope = _named_before(node, scope)
        _check_kind(node, scope)
        for each in _parts(node):
            _check(each, scope)


def _parts(node: Tree) -> Iterator[Any]:
    for key, each in node.items():
        if key == "function" and node.get("type") == "TABLE_FUNCTION":
            yield list(each.values())  # what it is called was checked with the table
        elif key != "cte_map":
            yield each


def _named_before(node: Tree, scope: Scope) -> Scope:
    """The WITH queries of this node; each sees the ones before it, and never itself."""
    for entry in (node.get("cte_map") or {}).get("map", []):
        name = entry["key"]
        if not PLAIN_NAME.fullmatch(name.lower()) or name.lower().startswith(OF_THE_ENGINE):
            raise unsafe(f"A WITH query is called {name!r}; plain names of letters, digits and _ are allowed.")
        _check(entry["value"], scope)
        scope = scope.with_query(name)
    return scope


def _check_kind(node: Tree, scope: Scope) -> None:
    expression, kind = node.get("class"), node.get("type")
    if expression is not None:
        _check_expression(str(expression), node)
    elif isinstance(kind, str):
        if kind not in BARE:
            raise unsafe(f"{_spoken(kind)} isn't allowed in a question's SQL; a plain SELECT over the table is.")
        if kind == "BASE_TABLE":
            _check_table(node, scope)
        elif kind == "TABLE_FUNCTION":
            _check_table_function(node["function"])


def _check_expression(expression: str, node: Tree) -> None:
    if expression not in allowed.EXPRESSIONS:
        raise unsafe(f"{_spoken(expression)} isn't allowed in a question's SQL.")
    if "function_name" in node:
        _check_function(node)
    if expression == "TYPE":
        _check_type(node)


def _check_table(node: Tree, scope: Scope) -> None:
    name = node["table_name"]
    if node.get("schema_name") or node.get("catalog_name") or node["qualified_name"]["path"] != [name]:
        raise unsafe(f"The table is written as {'.'.join(node['qualified_name']['path'])!r}; write {scope.table!r}.")
    if node.get("at_clause"):
        raise unsafe("The table has no versions; leave out AT (…).")
    if not scope.has(name):
        there = ", ".join([scope.table, *sorted(scope.queries)])
        raise unsafe(f"There is no table {name!r} here; there is {there}. Files and other tables can't be read.")


def _check_function(node: Tree) -> None:
    name = str(node["function_name"]).lower()
    if node.get("schema") or node.get("catalog") or node["qualified_name"]["path"] != [node["function_name"]]:
        raise unsafe(f"A function is written as {'.'.join(node['qualified_name']['path'])!r}; write its name alone.")
    if name not in allowed.FUNCTIONS:
        raise unsafe(f"The function {name}() isn't among the allowed ones{_nearest(name)}.")


def _check_type(node: Tree) -> None:
    name = str(node["type_name"]).lower()
    if node.get("schema") or node.get("catalog") or name not in allowed.TYPES:
        raise unsafe(f"The type {name!r} isn't among the allowed ones; VARCHAR, BIGINT, DOUBLE, DATE and such are.")


def _check_table_function(function: Tree) -> None:
    name = str(function.get("function_name", "")).lower()
    if function.get("schema") or function.get("catalog"):
        raise unsafe(
            f"A function is written as {'.'.join(function['qualified_name']['path'])!r}; write its name alone."
        )
    if name in allowed.SERIES:
        _check_series(name, function)
    elif name not in allowed.UNNEST:
        raise unsafe(f"{name}(…) can't be read from; the one table can. Files and other tables can't be read.")


def _check_series(name: str, function: Tree) -> None:
    """A series makes rows out of nothing, so its ends stand in the text, and near each other."""
    ends = list(_numbers(function["arguments"]))
    if not ends or max(map(abs, ends)) > allowed.LONGEST_SERIES:
        raise unsafe(f"{name}(…) takes whole numbers written out, of at most {allowed.LONGEST_SERIES} here.")


def _numbers(arguments: list[Tree]) -> Iterator[int]:
    for argument in arguments:
        literal = argument["expression"].get("literal", {})
        if literal.get("kind") != "INTEGER" or not literal["text"].isdecimal():
            raise unsafe("range(…) and generate_series(…) take whole numbers written out.")
        yield int(literal["text"][:20])


def _spoken(kind: str) -> str:
    return {
        "SHOW_REF": "DESCRIBE, SHOW or SUMMARIZE",
        "RECURSIVE_CTE_NODE": "WITH RECURSIVE",
        "DELETE_QUERY_NODE": "DELETE",
        "INSERT_QUERY_NODE": "INSERT",
        "UPDATE_QUERY_NODE": "UPDATE",
        "MERGE_QUERY_NODE": "MERGE",
        "PARAMETER": "A parameter",
    }.get(kind, kind)


def _nearest(name: str) -> str:
    near = get_close_matches(name, allowed.FUNCTIONS - allowed.OPERATORS, n=1)
    return f"; the nearest is {near[0]}()" if near else ""
