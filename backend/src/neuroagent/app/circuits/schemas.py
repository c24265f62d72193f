"""What travels between a client and /api/circuits."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from neuroagent.app.engine.states import State
from neuroagent.task_schemas.circuit import (
    DescribeCircuitOutput,
    FileKind,
    ModelChoice,
    PreviousQuestion,
)
from neuroagent.task_schemas.files import StoredFile

WEB_LINK: dict[str, JsonValue] = {"kind": "link", "url": "https://data.example.org/circuit.gz"}
CIRCUIT: dict[str, JsonValue] = {
    "id": "9f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10",
    "name": "circuit.gz",
    "source": "upload",
    "format": "auto",
    "bytes": 1_048_576,
    "state": "ready",
    "reason": "",
    "task_id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10",
    "created_at": "2026-01-01T12:00:00Z",
    "description": None,
}

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")
]
CircuitState = Literal["uploading", "registered", "describing", "ready", "failed"]


class Upload(BaseModel):
    """A file of our own store; None while it is on its way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["upload"] = "upload"
    file: StoredFile | None = None


class Link(BaseModel):
    """A file that lies elsewhere; the worker goes there, if its settings allow the host."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["link"] = "link"
    url: str = Field(min_length=1, max_length=8_000, pattern=r"^https?://[\x21-\x7e]+$")


class EntityCoreCircuit(BaseModel):
    """A circuit of the provider, by its id there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["entitycore"] = "entitycore"
    id: str = Field(pattern=r"^[0-9A-Za-z-]{1,64}$")


Elsewhere = Annotated[Link | EntityCoreCircuit, Field(discriminator="kind")]
Source = Annotated[Upload | Link | EntityCoreCircuit, Field(discriminator="kind")]


class Registration(BaseModel):
    """A circuit that lies elsewhere; a file of your own goes to /api/circuits/upload."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "thalamus", "source": WEB_LINK}]}
    )

    name: Name
    source: Elsewhere
    format: FileKind = "auto"


class CircuitView(BaseModel):
    """A circuit as its owner sees it; how far its description is, /api/tasks/{task_id} tells."""

    model_config = ConfigDict(json_schema_extra={"examples": [CIRCUIT]})

    id: str
    name: str
    source: Literal["upload", "link", "entitycore"]
    format: FileKind
    bytes: int | None = Field(None, description="What it takes in the store.")
    state: CircuitState
    reason: str = Field("", description="Why it couldn't be described.")
    task_id: str | None = Field(None, description="The task that describes it.")
    created_at: datetime
    description: DescribeCircuitOutput | None = Field(None, description="When asked for by its id, and ready.")


class CircuitList(BaseModel):
    circuits: list[CircuitView]


class Asking(BaseModel):
    """A question in plain words; `after` goes on with the thread of an earlier question."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "How many excitatory neurons per layer?"}]}
    )

    question: str = Field(min_length=1, max_length=2_000)
    population: str = Field("", max_length=500, description="Empty: the one there is, or the largest.")
    previous: list[PreviousQuestion] = Field([], max_length=20, description="Of this thread, oldest first.")
    after: str | None = Field(
        None, max_length=36, description="In place of `previous`: the task of the question before."
    )
    model: ModelChoice = ModelChoice()
    synonyms: dict[str, str] = Field({}, max_length=500, description="`{'pyramidal': 'morph_class = PYR'}`")
    most_rows: int = Field(1_000, ge=1, le=10_000)
    file_format: Literal["parquet", "csv"] = "parquet"


class Asked(BaseModel):
    """Under way: the answer is the task's output."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "5f0c9a52-6f0e-4b4e-9d2a-3c1b3d7e8f10", "state": "queued"}]}
    )

    id: str
    state: State = "queued"
