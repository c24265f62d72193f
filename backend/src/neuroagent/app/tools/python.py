"""The python family's tool: a script, run behind walls, with the variables and files of its thread."""

from pydantic import Field

from neuroagent.app.tools.base import Arguments, Tool, ToolContext
from neuroagent.task_schemas.python import RUN_PYTHON, RunPythonInput, RunPythonOutput

LONGEST_TOLD = 8_000  # characters of output that the model reads


class RunPythonArguments(Arguments):
    python_script: str = Field(max_length=1_000_000, description="Python; the last expression's value is shown.")


def _job(given: RunPythonArguments, context: ToolContext) -> RunPythonInput:
    return RunPythonInput(python_script=given.python_script, session=context.thread_id, files=context.files)


def _told(came: RunPythonOutput) -> str:
    """What a reader of the conversation needs; figures and tables are shown beside it."""
    said = [came.stdout[-LONGEST_TOLD:], came.stderr[-LONGEST_TOLD:]]
    if came.value is not None:
        value = came.value.json_value if came.value.text is None else came.value.text
        said.append(f"Value: {value}"[:LONGEST_TOLD])
    if came.error is not None:
        said.append(came.error.traceback[-LONGEST_TOLD:])
    said += [f"Figures shown: {len(came.figures)}."] if came.figures else []
    said += [f"File {one.change}: {one.path}." for one in came.files]
    said += [f"Package {one.name} is missing: {one.advice}" for one in came.missing]
    said += [came.session.why] if came.session.why else []
    said += [] if came.status in {"done", "error"} else [f"The script was {came.status}."]
    return "\n".join(one for one in said if one.strip()) or "It ran, and said nothing."


RUN_PYTHON_TOOL = Tool(
    "run_python",
    "Runs a Python script in a sandbox; variables and files of this thread stay from run to run.",
    RunPythonArguments,
    RUN_PYTHON,
    _job,
    _told,
)
