"""Questions without a model: how many the grammar answers, how many of those rightly, how fast; and what it refuses."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from question_sets import Question, is_same, questions, table

from neuroagent.tasks.circuit.question.outcome import Reading
from neuroagent.tasks.circuit.question.read import read

DEVELOPED: Final = (
    ("neurons", "neurons"),
    ("orders", "orders"),
    ("others", "cells"),
    ("unanswerable", "neurons"),
)
HELD_OUT: Final = (("held_out", "ca1"), ("held_out_unanswerable", "ca1"))
ROUNDS: Final = 5


@dataclass(frozen=True)
class Result:
    question: Question
    sql: str | None
    is_right: bool
    milliseconds: float


def ask(question: Question) -> Result:
    there = table(question.table)
    times = []
    for _ in range(ROUNDS):
        before = perf_counter()
        found = read(question.text, there.index)
        times.append(1000 * (perf_counter() - before))
    if not isinstance(found, Reading):
        return Result(question, None, not question.answers, median(times))
    right = any(is_same(there.rows(found.sql), there.rows(answer)) for answer in question.answers)
    return Result(question, found.sql, right, median(times))


def figures(results: Sequence[Result]) -> dict[str, float | int]:
    """`answered`, `right_of_answered` and `right_of_all` are shares of the questions that have an answer."""
    asked = [result for result in results if result.question.answers]
    answered = [result for result in asked if result.sql is not None]
    right = [result for result in answered if result.is_right]
    refused = [result for result in results if not result.question.answers]
    return {
        "questions": len(asked),
        "answered": len(answered) / max(1, len(asked)),
        "right_of_answered": len(right) / max(1, len(answered)),
        "right_of_all": len(right) / max(1, len(asked)),
        "right_of_hard": share(result.is_right for result in asked if result.question.is_hard),
        "unanswerable": len(refused),
        "unanswerable_refused": sum(result.sql is None for result in refused),
        "ms_median": median(result.milliseconds for result in results),
    }


def share(of: Iterable[bool]) -> float:
    each = list(of)
    return sum(each) / max(1, len(each))


def show(result: Result) -> None:
    if not result.is_right:
        said = "not answered" if result.sql is None else " ".join(result.sql.split())
        print(f"  {result.question.table}: {result.question.text}\n    {said}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path, help="write the figures to this file")
    arguments.add_argument("--held-out", action="store_true", help="the questions kept aside, on tables kept aside")
    arguments.add_argument("--misses", action="store_true", help="show what was not answered, or wrongly")
    told = arguments.parse_args()
    sets = HELD_OUT if told.held_out else DEVELOPED
    results = [ask(question) for name, default in sets for question in questions(name, default)]
    if told.misses:
        for result in results:
            show(result)
    found = figures(results)
    for name, value in found.items():
        print(f"{name:>22}  {value:.3f}" if isinstance(value, float) else f"{name:>22}  {value}")
    if told.json:
        told.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
