"""How a question travels to the child."""

from neuroagent.tasks.circuit.sql.question import Limits, Question


def test_wildcards_in_a_path_stand_for_themselves() -> None:
    assert Question("", "/a[1]/b*c?.parquet").pattern == "/a[[]1]/b[*]c[?].parquet"
    assert Question("", "/plain/path.parquet").pattern == "/plain/path.parquet"


def test_a_question_comes_out_as_it_went_in() -> None:
    question = Question("SELECT 'é', \"x\"\n", "/some where/it's.parquet", "cells", Limits(seconds=2.5, rows=7))

    assert Question.decode(question.encode()) == question
