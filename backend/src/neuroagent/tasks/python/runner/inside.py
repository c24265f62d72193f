"""What runs inside the sandbox, around a person's script, and is trusted by nothing outside."""

import ast
import asyncio
import builtins
import contextlib
import gc
import importlib
import inspect
import json
import linecache
import os
import random
import sys
import traceback
from collections.abc import Awaitable
from typing import Any, Final

from neuroagent.tasks.python.runner.shown import (
    FIGURES,
    LONGEST_TEXT,
    Adopter,
    begin,
    described,
    is_drawn,
    take_open_figures,
)

OURS: Final = "<script"  # how the name of every script begins

_runs = 0
_task: "asyncio.Task[str] | None" = None


def prepare(preload: str) -> str:
    """Before memory is written down: import what most scripts want."""
    os.environ["MPLBACKEND"] = "agg"
    builtins.input = _nobody_to_ask
    sys.meta_path.insert(0, Adopter())
    FIGURES.mkdir(exist_ok=True)
    outcome = {name: _imported(name) for name in preload.split()}
    rehearse()
    return json.dumps(outcome)


def _imported(name: str) -> str:
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - a package may fail in any way; the image does without it
        return f"{type(error).__name__}: {error}"
    return ""


def rehearse() -> None:
    """Go every way once, and leave no trace of it."""
    global _runs  # noqa: PLW0603 - the interpreter has one
    scripts = [
        "print(1)\n[1, {'a': 2.5}]",
        "1/0",
        "import json, math, re, random\n[{'a': 1}, {'a': 2}]",
        "def f(:",
        "import nowhere",
    ]
    if "plotly" in sys.modules:
        scripts.append("import plotly.graph_objects as go\ngo.Figure(go.Bar(x=[1, 2], y=[3, 4])).show()")
    for script in scripts:
        run(script)
    for figure in FIGURES.iterdir():
        figure.unlink()
    for name in [name for name in _namespace() if not name.startswith("__")]:
        del _namespace()[name]
    linecache.clearcache()
    _runs = 0


def start() -> None:
    """In each process anew: what was random in the base or the session must not repeat itself."""
    random.seed()
    if "numpy.random" in sys.modules:
        with contextlib.suppress(Exception):  # an earlier script may have put anything in its place
            sys.modules["numpy.random"].seed()


def run(script: str) -> "str | Awaitable[str]":
    """The outcome as JSON; for a script with `await` at its top level, a promise of it."""
    global _runs  # noqa: PLW0603 - as above
    _runs += 1
    begin()
    name = f"{OURS}>" if _runs == 1 else f"{OURS} {_runs}>"
    linecache.cache[name] = (len(script), None, script.splitlines(keepends=True), name)
    try:
        code, last = _compiled(script, name)
        if code.co_flags & inspect.CO_COROUTINE:
            return _run_async(code, last)
        exec(code, _namespace())  # noqa: S102 - it is what the sandbox is for
        return _finished(last)
    except BaseException as error:  # noqa: BLE001 - whatever the script raised is its answer
        return _failed(error)


async def _run_async(code: Any, last: str) -> str:
    global _task  # noqa: PLW0603 - as above
    _task = asyncio.ensure_future(_awaited(code, last))
    try:
        return await _task
    except asyncio.CancelledError:
        return _failed(KeyboardInterrupt())
    finally:
        _task = None
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()


async def _awaited(code: Any, last: str) -> str:
    try:
        await eval(code, _namespace())  # noqa: S307 - as exec above
        return _finished(last)
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 - as in run
        return _failed(error)


def cancel() -> None:
    """A script that awaits hears no KeyboardInterrupt."""
    if _task is not None:
        _task.cancel()


def settle() -> None:
    """Before a session is written down; to look at the old objects too would take longer than all else."""
    gc.collect(1)


def _compiled(script: str, name: str) -> tuple[Any, str]:
    """The last expression's value is kept under a name that no script can write."""
    tree = ast.parse(script, name)
    last = ""
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not script.rstrip().endswith(";"):
        last = "<value>"
        expression = tree.body[-1]
        target = ast.copy_location(ast.Name(last, ast.Store()), expression)
        tree.body[-1] = ast.copy_location(ast.Assign([target], expression.value), expression)
    return compile(tree, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), last


def _finished(last: str) -> str:
    value = _namespace().pop(last, None) if last else None
    if value is not None:
        _namespace()["_"] = value
    shown = None if value is None or is_drawn(value) else described(value)
    take_open_figures()
    _flush()
    return json.dumps({"value": shown})


def _flush() -> None:
    """What was written without a line's end is told too."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # a script may have put anything in their places
            stream.flush()


def _namespace() -> dict[str, Any]:
    return sys.modules["__main__"].__dict__


def _nobody_to_ask(*_: object) -> str:
    raise RuntimeError("input() has nobody to ask in here; write the value into the script.")


# What is raised


def _failed(error: BaseException) -> str:
    _flush()
    if isinstance(error, SystemExit) and error.code in {None, 0}:
        return json.dumps({"value": None})
    take_open_figures()
    told = _without_foreign_lines(error)
    lines = "".join(told.format())
    line = told.stack[-1].lineno if told.stack else getattr(error, "lineno", None)
    described = {
        "type": type(error).__name__,
        "message": _text(error),
        "traceback": lines[-LONGEST_TEXT:],
        "line": line,
    }
    missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    return json.dumps({"error": described, "missing": missing})


def _without_foreign_lines(error: BaseException) -> traceback.TracebackException:
    """The person's own lines, also of the errors that led to this one."""
    told = traceback.TracebackException.from_exception(error, limit=-200)
    part: traceback.TracebackException | None = told
    while part is not None:
        part.stack = traceback.StackSummary.from_list([line for line in part.stack if line.filename.startswith(OURS)])
        part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
    return told


def _text(value: object) -> str:
    try:
        return str(value)[:LONGEST_TEXT]
    except Exception as error:  # noqa: BLE001 - a script's own __str__ may do anything
        return f"<{type(value).__name__} whose text raises {type(error).__name__}>"
