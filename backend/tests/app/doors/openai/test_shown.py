"""Figures, tables and files as Markdown."""

from pydantic import JsonValue

from neuroagent.app.doors.openai.shown import plain, shown


def file(key: str, name: str = "plot.png") -> JsonValue:
    return {"key": key, "name": name, "media_type": "image/png", "size": 1, "sha256": "0" * 64}


def test_the_table_of_a_script_s_value_is_shown_with_what_is_left_out() -> None:
    table: JsonValue = {
        "columns": [{"name": "layer", "type": "text"}, {"name": "n", "type": "integer"}],
        "cells": [["L|5", 3], [None, 4]],
        "rows": 1_234,
    }

    lines = shown({"value": {"table": table}}, "t1", "http://app").splitlines()

    assert lines[:4] == ["| layer | n |", "| --- | --- |", r"| L\|5 | 3 |", "|  | 4 |"]
    assert lines[-1] == "… 1,224 more rows"


def test_the_rows_of_an_answer_are_shown_in_the_order_of_its_columns() -> None:
    output: JsonValue = {"columns": ["b", "a"], "rows": [{"a": 1, "b": 2}], "row_count": 1, "chart": {"data": []}}

    said = shown(output, "t1", "http://app")

    assert said.startswith("| b | a |\n| --- | --- |\n| 2 | 1 |")
    assert said.endswith("(http://app/api/tasks/t1)")


def test_files_of_tasks_are_linked_and_others_are_not() -> None:
    output: JsonValue = {
        "figures": [{"files": [file("tasks/t 1/a.png", "a.png"), file("circuits/c/x"), file("tasks/../x/y")]}]
    }

    assert shown(output, "t1", "http://app") == "[a.png](http://app/api/tasks/t%201/files/a.png)"


def test_a_name_cannot_break_out_of_its_link() -> None:
    said = shown({"file": file("tasks/t/a", "x](javascript:alert(1))\n\ndata: [DONE]")}, "t", "")

    assert said == r"[x\]\(javascript:alert\(1\)\) data: \[DONE\]](/api/tasks/t/files/a)"


def test_where_there_is_nothing_to_see_nothing_is_said() -> None:
    outputs: list[JsonValue] = [None, 3, [], {"stdout": "hello"}, {"rows": [], "columns": []}]

    assert [shown(output, "t", "") for output in outputs] == [""] * 5


def test_a_long_cell_is_cut() -> None:
    assert plain("x" * 100) == "x" * 59 + "…"
