"""The python family: a person's or a model's Python, run behind walls; sessions keep their variables."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import Field, JsonValue

from neuroagent.task_schemas.contract import Message, Retries, TaskContract
from neuroagent.task_schemas.files import StoredFile

QUEUE: Final = "python_q"
LONGEST_RUN: Final = 120  # seconds; the contract leaves room for restoring before it and saving after it

SessionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]


class RunPythonInput(Message):
    python_script: str = Field(max_length=1_000_000, description="Python; `await` may stand at its top level.")
    session: SessionName | None = Field(
        None, description="The thread whose variables and files it goes on with; without one, a fresh interpreter."
    )
    files: tuple[StoredFile, ...] = Field((), max_length=50, description="Put into the home folder, under their names.")
    time_limit: float = Field(30, gt=0, le=LONGEST_RUN, description="Seconds until the script is interrupted.")


class Printed(Message):
    """A piece of output, in the order it was written."""

    stream: Literal["stdout", "stderr"]
    text: str


class Column(Message):
    name: str
    type: Literal["integer", "number", "boolean", "text", "datetime", "empty", "mixed"]


class Table(Message):
    """What the value is as a table; `rows` counts all of them, `cells` holds the first."""

    columns: tuple[Column, ...]
    cells: tuple[tuple[JsonValue, ...], ...]
    rows: int = Field(ge=0)


class Value(Message):
    """The last expression's value: as JSON where it can be, else as its repr."""

    json_value: JsonValue = None
    text: str | None = Field(None, description="Its repr, where it is no JSON or too long for it.")
    table: Table | None = None


class ScriptError(Message):
    """An exception of the script; the traceback holds the person's own lines only."""

    type: str
    message: str
    traceback: str
    line: int | None = None


class Figure(Message):
    """Plotly as JSON, in here or, when it is large, as a stored file; Matplotlib as a PNG and an SVG."""

    kind: Literal["plotly", "matplotlib"]
    plotly: JsonValue = None
    files: tuple[StoredFile, ...] = ()


class HomeFile(Message):
    """A file that the script made or changed in its home folder."""

    path: str
    change: Literal["created", "changed"]
    file: StoredFile


class SessionReport(Message):
    """What became of the session; `why` is a sentence whenever something is not as the person would expect."""

    before: Literal["none", "new", "restored", "reset"] = Field(
        description="`reset`: only the files came back, or not even they."
    )
    after: Literal["none", "saved", "kept"] = Field(
        description="`kept`: this run was lost, and the next one finds what this one found."
    )
    why: str = ""
    stored_bytes: int = Field(0, ge=0)


class MissingPackage(Message):
    name: str
    advice: str


class Times(Message):
    """Milliseconds."""

    interpreter: float = Field(description="Until there was one: next to nothing when one stood by.")
    restore: float
    run: float
    save: float
    total: float


Status = Literal[
    "done",
    "error",  # the script raised
    "interrupted",  # out of time: KeyboardInterrupt, and variables are kept
    "terminated",  # it didn't listen to the interrupt: its interpreter was ended
    "killed",  # not even that helped: its process was ended
    "crashed",  # its interpreter broke, as by a recursion in C or by all memory used up
]


class RunPythonOutput(Message):
    """An exception in the script is an answer, not a failed task."""

    status: Status
    stdout: str
    stderr: str
    printed: tuple[Printed, ...]
    cut: bool = Field(description="Whether output was left out; a mark stands where.")
    value: Value | None = None
    error: ScriptError | None = None
    figures: tuple[Figure, ...] = ()
    files: tuple[HomeFile, ...] = ()
    left_out: tuple[str, ...] = Field((), description="Figures and files that were too large or too many, a line each.")
    session: SessionReport
    missing: tuple[MissingPackage, ...] = ()
    times: Times


RUN_PYTHON = TaskContract(
    "run_python_tool",
    QUEUE,
    RunPythonInput,
    RunPythonOutput,
    timedelta(seconds=LONGEST_RUN + 40),
    "Runs a Python script in a sandbox; a session keeps its variables and files from run to run.",
    Retries(attempts=2),  # a session's state counts with the answer only: the second begins where the first did
    sessions=True,
)
