"""The Python tool: the thread is the session, and the model reads what a person would."""

from neuroagent.app.tools.base import ToolContext
from neuroagent.app.tools.python import LONGEST_TOLD, RUN_PYTHON_TOOL
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.python import (
    Figure,
    MissingPackage,
    RunPythonInput,
    RunPythonOutput,
    ScriptError,
    SessionReport,
    Times,
    Value,
)

QUIET = RunPythonOutput(
    status="done",
    stdout="",
    stderr="",
    printed=(),
    cut=False,
    session=SessionReport(before="none", after="none"),
    times=Times(interpreter=0, restore=0, run=1, save=0, total=1),
)


def told(**changes: object) -> str:
    return RUN_PYTHON_TOOL.told(QUIET.model_copy(update=changes))


async def test_the_thread_is_the_session() -> None:
    job = await RUN_PYTHON_TOOL.job_of({"python_script": "x = 1"}, ToolContext("ann", "t", "thread-1"))

    assert job == RunPythonInput(python_script="x = 1", session="thread-1")


async def test_without_a_thread_nothing_is_kept() -> None:
    job = await RUN_PYTHON_TOOL.job_of({"python_script": "x = 1"}, ToolContext("ann", "t"))

    assert job == RunPythonInput(python_script="x = 1")


async def test_the_thread_s_files_are_at_hand() -> None:
    file = StoredFile(key="threads/t/1", name="a.csv", media_type="text/csv", size=1, sha256="0" * 64)

    job = await RUN_PYTHON_TOOL.job_of({"python_script": "1"}, ToolContext("ann", "t", "thread-1", files=(file,)))

    assert job.files == (file,)


def test_a_script_that_says_nothing_is_said_to() -> None:
    assert told() == "It ran, and said nothing."


def test_output_value_and_figures_are_told() -> None:
    said = told(stdout="hello\n", value=Value(json_value=6), figures=(Figure(kind="plotly", plotly={}),))

    assert said == "hello\n\nValue: 6\nFigures shown: 1."


def test_an_exception_is_told_with_its_lines() -> None:
    error = ScriptError(type="ZeroDivisionError", message="division by zero", traceback="line 2\nZeroDivisionError")

    assert "ZeroDivisionError" in told(status="error", error=error)


def test_what_is_missing_and_what_was_lost_is_told() -> None:
    said = told(
        status="killed",
        missing=(MissingPackage(name="numpy", advice="add it"),),
        session=SessionReport(before="new", after="kept", why="This run is lost to the session."),
    )

    assert "Package numpy is missing: add it" in said
    assert "This run is lost to the session." in said
    assert "The script was killed." in said


def test_the_model_reads_the_end_of_a_long_output() -> None:
    said = told(stdout="x" * 50_000 + "the end")

    assert len(said) == LONGEST_TOLD
    assert said.endswith("the end")
