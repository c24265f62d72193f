"""The circuit family: questions in plain words to circuits and tables, answered as a table, a sentence and a chart."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, JsonValue

from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.files import StoredFile

QUEUE = "circuit_q"
MOST_POPULATIONS: Final = 1_000

Scalar = str | int | float | bool | None
ColumnType = Literal["text", "integer", "number", "boolean", "time", "other"]
FileKind = Literal["auto", "archive", "nodes", "parquet", "csv", "arrow"]


class CircuitLink(Message):
    """A file that lies elsewhere, behind a link that somebody signed or that is open to all."""

    kind: Literal["link"] = "link"
    url: str = Field(min_length=1, max_length=8_000)
    name: str = Field(min_length=1, max_length=200, examples=["circuit.gz"])
    expires_at: AwareDatetime | None = None
    renewal: str = Field("", max_length=4_000, description="Gets another link while the task runs; empty: none can.")


class CircuitFile(Message):
    """A file of our own store; the job carries leave to read it."""

    kind: Literal["stored"] = "stored"
    file: StoredFile


CircuitSource = Annotated[CircuitFile | CircuitLink, Field(discriminator="kind")]


class CircuitName(Message):
    """A circuit as its owner knows it."""

    id: str = Field(max_length=36)
    name: str = Field(max_length=200)


class PreviousQuestion(Message):
    """What was asked and answered before in the thread, so that "and only in layer 5?" has something to add to."""

    question: str = Field(max_length=2_000)
    reading: str = Field("", max_length=4_000)
    sql: str = Field("", max_length=20_000)


class ModelChoice(Message):
    """Whether a language model may be asked when the grammar abstains; its address and key are the worker's own."""

    allowed: bool = True
    name: str = Field("", max_length=200, description="Empty: the one that the worker is set to.")
    most_tokens: int = Field(20_000, ge=0, le=1_000_000, description="Of one question, prompt and completion together.")


class TalkToDfInput(Message):
    question: str = Field(min_length=1, max_length=2_000)
    circuit: CircuitSource
    known_as: CircuitName | None = Field(None, description="It comes back with the answer.")
    format: FileKind = "auto"
    population: str = Field("", max_length=500, description="Empty: the one there is, or the largest.")
    previous: tuple[PreviousQuestion, ...] = Field((), max_length=20, description="Of this thread, oldest first.")
    model: ModelChoice = ModelChoice()
    synonyms: dict[str, str] = Field(
        default_factory=dict, max_length=500, description="Words of this place: `{'pyramidal': 'morph_class = PYR'}`."
    )
    most_rows: int = Field(1_000, ge=1, le=10_000, description="More than that comes as a file.")
    file_format: Literal["parquet", "csv"] = "parquet"


class Tokens(Message):
    """What the answer cost; nothing where no model was asked."""

    model: str = ""
    cached: int = Field(0, ge=0)
    uncached: int = Field(0, ge=0)
    completion: int = Field(0, ge=0)


class Choice(Message):
    """One way to read an ambiguous question; asking `question` takes it."""

    label: str
    question: str


class TalkToDfOutput(Message):
    """A table, a sentence and a chart; or, with no rows and no SQL, a question back or a plain "I can't"."""

    outcome: Literal["answered", "clarify", "abstained"] = "answered"
    sentence: str = ""
    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    rows: tuple[dict[str, JsonValue], ...] = ()
    row_count: int = Field(0, ge=0, description="Of the whole answer, also when fewer rows are here.")
    truncated: bool = False
    sql: str = ""
    source: Literal["grammar", "model", "cache"] | None = None
    reading: str = Field("", description="How the question was understood, part by part.")
    seconds: float = Field(0, ge=0)
    tokens: Tokens = Tokens()
    chart: JsonValue = Field(None, description="A plotly figure as JSON, where the shape suggests one.")
    file: StoredFile | None = Field(None, description="The whole answer, where it is too large for `rows`.")
    circuit: CircuitName | None = Field(None, description="Which one was asked, as its owner knows it.")
    population: str = ""
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[str, ...] = Field((), description="Questions that this very population can answer.")


class DescribeCircuitInput(Message):
    circuit: CircuitSource
    format: FileKind = "auto"
    population: str = Field("", max_length=500, description="Empty: all of them.")
    most_values: int = Field(50, ge=0, le=1_000, description="Distinct values shown of each column.")


class DescribedValue(Message):
    value: Scalar
    count: int = Field(ge=0)


class DescribedColumn(Message):
    name: str
    type: ColumnType
    origin: str = Field("", description="Where in the file it comes from.")
    missing: int = Field(0, ge=0)
    distinct: int | None = Field(None, description="None: too many to count.")
    values: tuple[DescribedValue, ...] = ()
    minimum: Scalar = None
    maximum: Scalar = None
    mean: float | None = None


class LeftOut(Message):
    """Something of the file that could not be read, and why."""

    what: str
    why: str


class DescribedPopulation(Message):
    name: str
    rows: int = Field(ge=0)
    columns: tuple[DescribedColumn, ...] = ()
    skipped: tuple[LeftOut, ...] = ()
    suggestions: tuple[str, ...] = Field((), description="Questions that it can answer.")


class DescribeCircuitOutput(Message):
    populations: tuple[DescribedPopulation, ...] = Field((), max_length=MOST_POPULATIONS)
    skipped: tuple[LeftOut, ...] = ()
    seconds: float = Field(0, ge=0)


TALK_TO_DF = TaskContract(
    "talk_to_df",
    QUEUE,
    TalkToDfInput,
    TalkToDfOutput,
    timedelta(minutes=5),
    "Answers a question about a circuit or a table, with the SQL that made the answer.",
)
DESCRIBE_CIRCUIT = TaskContract(
    "describe_circuit",
    QUEUE,
    DescribeCircuitInput,
    DescribeCircuitOutput,
    timedelta(minutes=10),
    "Says what is in a circuit or a table: populations, columns, values, and what could not be read.",
)
