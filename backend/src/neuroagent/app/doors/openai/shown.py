"""Figures, tables and files of a tool's answer as Markdown: a small table, and links to what is larger."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pydantic import JsonValue

MOST_ROWS: Final = 10
MOST_COLUMNS: Final = 8
LONGEST_CELL: Final = 60
MOST_LINKS: Final = 20
DEEPEST: Final = 6
UNTIDY: Final = re.compile(r"[\x00-\x20\x7f]+")
MEANING: Final = re.compile(r"([\\`*_\[\]()<>|#!~])")


@dataclass(frozen=True)
class Table:
    columns: Sequence[str]
    rows: Sequence[Sequence[JsonValue]]
    total: int


def shown(output: JsonValue, task_id: str, base: str) -> str:
    """Nothing where there is nothing to see."""
    blocks = [_markdown(table) for table in _tables(output)]
    links = dict.fromkeys(_link(file, base) for file in _files(output))
    blocks += [link for link in links if link][:MOST_LINKS]
    if task_id and isinstance(output, dict) and any(_is_drawn_in_place(output)):
        blocks.append(f"[An interactive figure, as JSON]({base}/api/tasks/{quote(task_id, safe='')})")
    return "\n\n".join(blocks)


def plain(text: Any, longest: int = LONGEST_CELL) -> str:
    """On one line, short, and nothing in it that Markdown would take for its own."""
    line = UNTIDY.sub(" ", str(text)).strip()
    cut = line if len(line) <= longest else f"{line[: longest - 1]}…"
    return MEANING.sub(r"\\\1", cut)


def _tables(output: JsonValue) -> Iterator[Table]:
    """Those of the last value of a script, and those of an answer to a question."""
    given: Any = output
    match given:
        case {"value": {"table": {"columns": [*columns], "cells": [*cells], "rows": int(total)}}}:
            names = [str(column.get("name", "")) for column in columns if isinstance(column, dict)]
            yield Table(names, [row for row in cells if isinstance(row, list)], total)
        case {"columns": [*names], "rows": [dict(), *_] as rows}:
            listed = [[row.get(str(name)) for name in names] for row in rows if isinstance(row, dict)]
            total = given.get("row_count")
            yield Table([str(name) for name in names], listed, total if isinstance(total, int) else len(rows))


def _markdown(table: Table) -> str:
    columns = [plain(name) or " " for name in table.columns[:MOST_COLUMNS]]
    lines = [columns, ["---"] * len(columns)]
    lines += [[plain("" if cell is None else cell) for cell in row[: len(columns)]] for row in table.rows[:MOST_ROWS]]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    missing = max(table.total - MOST_ROWS, 0), len(table.columns) - len(columns)
    said = [f"{n:,} more {what}" for n, what in zip(missing, ("rows", "columns"), strict=True) if n > 0]
    return f"{text}\n\n… {' and '.join(said)}" if said else text


def _files(value: JsonValue, depth: int = 0) -> Iterator[dict[str, JsonValue]]:
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        if {"key", "name", "media_type", "sha256"} <= value.keys():
            yield value
            return
        for one in value.values():
            yield from _files(one, depth + 1)
    elif isinstance(value, list):
        for one in value[:1_000]:
            yield from _files(one, depth + 1)


def _link(file: dict[str, JsonValue], base: str) -> str:
    """A file of a task; nobody gets a link into any other shelf of the store."""
    match str(file["key"]).split("/"):
        case ["tasks", task_id, name] if task_id and name:
            path = f"{quote(task_id, safe='')}/files/{quote(name, safe='')}"
            return f"[{plain(file['name'], 100)}]({base}/api/tasks/{path})"
        case _:
            return ""


def _is_drawn_in_place(output: dict[str, JsonValue]) -> Iterator[bool]:
    figures = output.get("figures")
    yield output.get("chart") is not None
    for figure in figures if isinstance(figures, list) else []:
        yield isinstance(figure, dict) and figure.get("plotly") is not None
