"""One question, from its statement to its last row, in a process that ends with it."""

from collections.abc import Callable
from typing import Any, Final

import duckdb

from neuroagent.tasks.circuit.sql.cage import confine
from neuroagent.tasks.circuit.sql.check import check
from neuroagent.tasks.circuit.sql.engine import Engine, lock, show_table
from neuroagent.tasks.circuit.sql.question import Question
from neuroagent.tasks.circuit.sql.refusal import Reason, Refusal
from neuroagent.tasks.circuit.sql.reply import Send, encoded, reply
from neuroagent.tasks.circuit.sql.seal import seal
from neuroagent.tasks.circuit.sql.tree import parse

Tell = Callable[[bytes], None]

PRACTICE: Final = """
SELECT name, count(*) AS n, avg(size) AS mean FROM (VALUES ('a', 1.0), ('b', NULL)) neurons(name, size)
WHERE name IN ('a', 'b') OR size > 1 GROUP BY name ORDER BY n DESC LIMIT 3
"""


def practise(engine: Engine) -> None:
    """A harmless question all the way, so that the real one finds every page of memory at hand."""
    sql, tree = parse(PRACTICE, engine, len(PRACTICE))
    check(tree, "neurons")
    reply(engine, sql, Question(sql, ""), _unheard)


def answer(question: Question, engine: Engine, tell: Tell, resting: int) -> None:
    """Whatever happens is said in lines; a process that dies instead is noticed by whoever started it."""

    def send(line: dict[str, Any]) -> None:
        tell(encoded(line))

    try:
        confine(question.limits, resting)
        seal(question.path)
        lock(engine, question)
        _run(question, engine, send)
    except Refusal as refusal:
        send({"reason": refusal.reason, "message": refusal.message})
    except (duckdb.Error, MemoryError, RuntimeError, ValueError) as error:
        told = (
            str(error).replace(question.path, "…").replace(question.pattern, "…")
        )  # where the file lies is nobody's business
        send({"reason": _reason(error), "message": told[:1_000]})


def _run(question: Question, engine: Engine, send: Send) -> None:
    sql, tree = parse(question.sql, engine, question.limits.sql)
    check(tree, question.table)
    show_table(engine, question)
    reply(engine, sql, question, send)


def _reason(error: Exception) -> Reason:
    if isinstance(error, duckdb.InterruptException):
        return "time"
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return "memory"
    return "failed"


def _unheard(line: dict[str, Any]) -> None:
    encoded(line)
