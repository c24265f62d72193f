"""What a script leaves to be seen: its value, as JSON, as text and as a table, and its figures in their order."""

import importlib
import importlib.abc
import importlib.machinery
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

FIGURES: Final = Path("/figures")
MOST_FIGURES: Final = 20
LONGEST_TEXT: Final = 20_000  # characters of a repr, a message or a traceback
LONGEST_JSON: Final = 200_000
MOST_ROWS: Final = 200
MOST_COLUMNS: Final = 100

_figures = 0


def begin() -> None:
    """Before each script."""
    global _figures  # noqa: PLW0603 - the interpreter has one
    _figures = 0


def described(value: Any) -> dict[str, Any]:
    table = _table(value)
    try:
        written = json.dumps(_plain(value), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        written = None
    if written is None or len(written) > LONGEST_JSON:
        return {"text": _represented(value), "table": table}
    return {"json_value": json.loads(written), "table": table}


def _plain(value: Any) -> Any:
    """Numbers of numpy are numbers; keys of JSON are text, and nothing else is silently turned into it."""
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        raise TypeError
    if isinstance(value, tuple):
        raise TypeError  # its repr says more
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return value


def _represented(value: Any) -> str:
    try:
        return repr(value)[:LONGEST_TEXT]
    except Exception as error:  # noqa: BLE001 - as in _text
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _table(value: Any) -> dict[str, Any] | None:
    try:
        found = _columns(value)
    except Exception:  # noqa: BLE001 - it only looked like a table
        return None
    if not found:
        return None
    names, columns, rows = found
    typed = [{"name": str(name)[:200], "type": _type(column)} for name, column in zip(names, columns, strict=True)]
    cells = [[_cell(column[row]) for column in columns] for row in range(min(rows, MOST_ROWS))]
    return {"columns": typed, "cells": cells, "rows": rows}


def _columns(value: Any) -> tuple[list[Any], list[list[Any]], int] | None:
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        names = list(dict.fromkeys(name for row in value[:MOST_ROWS] for name in row))[:MOST_COLUMNS]
        return names, [[row.get(name) for row in value[:MOST_ROWS]] for name in names], len(value)
    if hasattr(value, "columns") and hasattr(value, "head") and hasattr(value, "__len__"):
        names, first = list(value.columns)[:MOST_COLUMNS], value.head(MOST_ROWS)
        series = [first[name] for name in names]
        return names, [list(one.to_list() if hasattr(one, "to_list") else one) for one in series], len(value)
    return None


def _type(column: list[Any]) -> str:
    kinds = {_kind(cell) for cell in column if cell is not None}
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "empty"


def _kind(cell: Any) -> str:
    for kind, types in (("boolean", bool), ("integer", int), ("number", float), ("text", str)):
        if isinstance(cell, types):
            return kind
    return "datetime" if isinstance(cell, datetime | date) else "mixed"


def _cell(cell: Any) -> Any:
    if cell is None or isinstance(cell, bool | int | str):
        return cell[:1_000] if isinstance(cell, str) else cell
    if isinstance(cell, float):
        return cell if cell - cell == 0 else None  # neither infinite nor not a number
    return cell.isoformat() if isinstance(cell, datetime | date) else _represented(cell)[:1_000]


# Figures: shown by name or left open, taken in order


def _keep(figure: bytes, ending: str) -> None:
    global _figures  # noqa: PLW0603 - as above
    _figures += 1
    if _figures <= MOST_FIGURES:
        (FIGURES / f"{_figures:04}.{ending}").write_bytes(figure)


def is_drawn(value: Any) -> bool:
    """Whether the last expression is a figure, which is taken as one."""
    if hasattr(value, "to_plotly_json") and hasattr(value, "to_json") and hasattr(value, "data"):
        _keep(value.to_json().encode(), "plotly.json")
        return True
    return False


def _show_plotly(figure: Any, *_: Any, **__: Any) -> None:
    _keep((figure if hasattr(figure, "to_json") else _plotly_figure(figure)).to_json().encode(), "plotly.json")


def _plotly_figure(described: Any) -> Any:
    return importlib.import_module("plotly.graph_objects").Figure(described)


def take_open_figures(*_: Any, **__: Any) -> None:
    """What `plt.show()` does, and the end of a run."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not hasattr(pyplot, "get_fignums"):
        return
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        for ending in ("png", "svg"):
            _keep_drawn(figure, ending)
        pyplot.close(figure)


def _keep_drawn(figure: Any, ending: str) -> None:
    global _figures  # noqa: PLW0603 - as above
    buffer = importlib.import_module("io").BytesIO()
    figure.savefig(buffer, format=ending, bbox_inches="tight")
    if ending == "svg":
        _figures -= 1  # the same figure again
    _keep(buffer.getvalue(), f"matplotlib.{ending}")


class Adopter(importlib.abc.MetaPathFinder):
    """Puts our way of showing into the drawing packages as they are imported."""

    shows: Final[dict[str, Callable[..., None]]] = {"plotly.io": _show_plotly, "matplotlib.pyplot": take_open_figures}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.shows:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Adopted(spec.loader, self.shows[fullname])
        return spec


class _Adopted(importlib.abc.Loader):
    def __init__(self, loader: Any, show: Callable[..., None]) -> None:
        self.loader, self.show = loader, show

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self.loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self.loader.exec_module(module)
        module.__dict__["show"] = self.show

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)
