"""An answer on its way out of the child."""

from typing import Any

from neuroagent.tasks.circuit.sql.engine import open_engine
from neuroagent.tasks.circuit.sql.question import Limits, Question
from neuroagent.tasks.circuit.sql.reply import encoded, reply


def lines_of(sql: str, limits: Limits | None = None) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    with open_engine() as engine:
        reply(engine, sql, Question(sql, "", limits=limits or Limits()), lines.append)
    return lines


def test_columns_come_first_and_the_end_last() -> None:
    heading, rows, end = lines_of("SELECT 1 AS a, 'x' AS b")

    assert heading == {"columns": ["a", "b"], "types": ["INTEGER", "VARCHAR"]}
    assert rows == {"rows": [[1, "x"]]}
    assert (end["row_count"], end["truncated"]) == (1, False)


def test_no_rows_are_an_answer_too() -> None:
    assert [list(line) for line in lines_of("SELECT 1 AS a WHERE false")] == [
        ["columns", "types"],
        ["row_count", "truncated", "seconds"],
    ]


def test_rows_beyond_the_cap_are_counted_and_not_sent() -> None:
    lines = lines_of("SELECT * FROM range(1000)", Limits(rows=10))

    assert sum(len(line.get("rows", [])) for line in lines) == 10
    assert (lines[-1]["row_count"], lines[-1]["truncated"]) == (1_000, True)


def test_exactly_as_many_rows_as_the_cap_are_the_whole_answer() -> None:
    lines = lines_of("SELECT * FROM range(10)", Limits(rows=10))

    assert (lines[-1]["row_count"], lines[-1]["truncated"]) == (10, False)


def test_bytes_are_capped_as_they_travel() -> None:
    lines = lines_of("SELECT repeat('x', 1000) FROM range(1000)", Limits(bytes=10_000))

    assert 0 < len(b"".join(encoded(line) for line in lines)) < 11_000
    assert (lines[-1]["row_count"], lines[-1]["truncated"]) == (1_000, True)


def test_a_comment_at_the_end_doesnt_hide_the_count() -> None:
    assert lines_of("SELECT * FROM range(5) -- all", Limits(rows=1))[-1]["row_count"] == 5


def test_a_line_is_one_line_whatever_is_in_it() -> None:
    assert encoded({"a": "x\ny\u2028"}).count(b"\n") == 1
