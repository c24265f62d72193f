"""What a question's SQL may be made of; whatever isn't here is refused."""

import tomllib
from pathlib import Path
from typing import Any, Final

#: Queries that read. Not: deleting, inserting and updating ones inside WITH, and recursive ones.
QUERIES: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})

#: Where rows come from. Not: DESCRIBE, SHOW and whatever a later engine adds.
TABLES: Final = frozenset({"BASE_TABLE", "EMPTY", "EXPRESSION_LIST", "JOIN", "PIVOT", "SUBQUERY", "TABLE_FUNCTION"})

ORDERS: Final = frozenset({"ASCENDING", "DESCENDING", "ORDER_DEFAULT"})
MODIFIERS: Final = frozenset({"DISTINCT_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "ORDER_MODIFIER"})

#: Parts of calculations. Not: parameters and DEFAULT.
PLAIN: Final = frozenset({"COLUMN_REF", "CONSTANT", "POSITIONAL_REFERENCE", "STAR", "TYPE"})
CALCULATED: Final = frozenset({"BETWEEN", "CASE", "CAST", "COLLATE", "COMPARISON", "CONJUNCTION", "OPERATOR"})
CALLED: Final = frozenset({"FUNCTION", "LAMBDA", "SUBQUERY", "WINDOW"})
EXPRESSIONS: Final = PLAIN | CALCULATED | CALLED

#: What makes rows of a list, and what counts: the latter only with small numbers written out.
UNNEST: Final = frozenset({"unnest"})
SERIES: Final = frozenset({"range", "generate_series"})
LONGEST_SERIES: Final = 100_000

_WORDS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

TYPES: Final[frozenset[str]] = frozenset(_WORDS["types"].split()) | frozenset(_WORDS["types_of_several_words"])
OPERATORS: Final[frozenset[str]] = frozenset(_WORDS["functions"]["operators"].split())
FUNCTIONS: Final[frozenset[str]] = frozenset(word for group in _WORDS["functions"].values() for word in group.split())
